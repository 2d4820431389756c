import { float32OfBlob, float64OfBlob, int32OfBlob, toBlob } from './blobs.ts';
import type { Connection } from './connection.ts';
import { blocksByPage, pageOf } from './metric-blocks.ts';
import { lastStepOf, within, type MetricPoints } from './metric-points.ts';
import { bucketBlocks, bucketPoints, type MetricSeries } from './metric-series.ts';

/** A part of a metric's steps, both ends included. */
export interface StepSpan {
  readonly fromStep: number;
  readonly toStep: number;
}

export const ALL_STEPS: StepSpan = {
  fromStep: Number.MIN_SAFE_INTEGER,
  toStep: Number.MAX_SAFE_INTEGER,
};

export interface LatestReading {
  readonly step: number;
  readonly value: number;
}

/**
 * Readings of metrics in columns: a chunk holds some thousand of one metric. Beside the chunks stand their blocks, page by
 * page, so that the whole curve of a million steps is drawn without reading it.
 */
export interface MetricChunks {
  add(metricId: number, points: MetricPoints): void;
  /** A curve of the chunks together with newer readings of the same span, which count where both have a step. */
  series(metricId: number, newer: MetricPoints, span: StepSpan, maxPoints: number): MetricSeries;
  latest(metricId: number): LatestReading | undefined;
  /** The newest reading of every metric of the library that has a chunk. */
  latestOfAll(): Map<number, LatestReading>;
  /** Forgets what a run has after a step. */
  truncateAfter(runId: number, step: number): void;
}

interface ChunkRow {
  readonly id: number;
  readonly metricId: number;
  readonly firstStep: number;
  readonly lastStep: number;
  /** Null when there is a reading for every step from the first to the last. */
  readonly steps: Buffer | null;
  readonly readings: Buffer;
}

/** First and last step, steps, readings: as in `ChunkRow`. */
type ChunkValues = [firstStep: number, lastStep: number, steps: Buffer | null, readings: Buffer];

const CHUNK_COLUMNS =
  'chunk.id, metric_id AS metricId, first_step AS firstStep, last_step AS lastStep, steps, readings';

export function metricChunkTable(connection: Connection): MetricChunks {
  const addChunk = connection.prepare<[number, ...ChunkValues]>(
    `INSERT INTO run_metric_chunks (metric_id, first_step, last_step, steps, readings) VALUES (?, ?, ?, ?, ?)`,
  );
  const chunks = connection.prepare<[number, number, number], ChunkRow>(
    `SELECT ${CHUNK_COLUMNS} FROM run_metric_chunks AS chunk
     WHERE metric_id = ? AND last_step >= ? AND first_step <= ? ORDER BY id`,
  );
  const lastChunk = connection.prepare<[number], ChunkRow>(
    `SELECT ${CHUNK_COLUMNS} FROM run_metric_chunks AS chunk
     WHERE metric_id = ? ORDER BY last_step DESC, id DESC LIMIT 1`,
  );
  const chunksBeyond = connection.prepare<[number, number], ChunkRow>(
    `SELECT ${CHUNK_COLUMNS} FROM run_metric_chunks AS chunk
     JOIN run_metrics ON run_metrics.id = metric_id WHERE run_id = ? AND last_step > ?`,
  );
  const cutChunk = connection.prepare<[...ChunkValues, number]>(
    'UPDATE run_metric_chunks SET first_step = ?, last_step = ?, steps = ?, readings = ? WHERE id = ?',
  );
  const dropChunk = connection.prepare<[number]>('DELETE FROM run_metric_chunks WHERE id = ?');
  const everyLastReading = connection.prepare<[], { metricId: number; step: number; reading: Buffer }>(
    `SELECT metric_id AS metricId, last_step AS step, substr(readings, -4) AS reading FROM run_metric_chunks AS chunk
     WHERE id = (
       SELECT id FROM run_metric_chunks WHERE metric_id = chunk.metric_id ORDER BY last_step DESC, id DESC LIMIT 1
     )`,
  );
  const lastStep = connection.prepare<[number], { step: number | null }>(
    'SELECT max(last_step) AS step FROM run_metric_chunks WHERE metric_id = ?',
  );
  const pages = connection.prepare<[number], { blocks: Buffer }>(
    'SELECT blocks FROM run_metric_blocks WHERE metric_id = ? ORDER BY first_step',
  );
  const page = connection.prepare<[number, number], { blocks: Buffer }>(
    'SELECT blocks FROM run_metric_blocks WHERE metric_id = ? AND first_step = ?',
  );
  const putPage = connection.prepare<[number, number, Buffer]>(
    `INSERT INTO run_metric_blocks (metric_id, first_step, blocks) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET blocks = excluded.blocks`,
  );
  const dropPages = connection.prepare<[number, number]>(
    'DELETE FROM run_metric_blocks WHERE metric_id = ? AND first_step >= ?',
  );

  const lastStepIn = (metricId: number): number => lastStep.get(metricId)?.step ?? Number.NEGATIVE_INFINITY;
  const pointsIn = (metricId: number, { fromStep, toStep }: StepSpan): MetricPoints[] =>
    chunks.all(metricId, fromStep, toStep).map((chunk) => within(pointsOf(chunk), fromStep, toStep));

  const sumUpAgain = (metricId: number, firstStep: number): void => {
    const [fromStep, toStep] = pageOf(firstStep);
    const blocks = blocksByPage(pointsIn(metricId, { fromStep, toStep })).get(fromStep);
    if (blocks) putPage.run(metricId, fromStep, toBlob(blocks));
  };

  return {
    add(metricId, points) {
      const before = lastStepIn(metricId);
      addChunk.run(metricId, ...chunkValues(points));
      for (const [firstStep, blocks] of blocksByPage([points])) {
        const there = page.get(metricId, firstStep)?.blocks ?? Buffer.alloc(0);
        if (points.firstStep <= before) sumUpAgain(metricId, firstStep);
        else putPage.run(metricId, firstStep, Buffer.concat([there, toBlob(blocks)]));
      }
    },
    series(metricId, newer, span, maxPoints) {
      // A late reading is one among those of the blocks.
      const isLate = newer.values.length > 0 && newer.firstStep <= lastStepIn(metricId);
      const blocks =
        span === ALL_STEPS && !isLate ? pages.all(metricId).map((one) => float64OfBlob(one.blocks)) : [];
      return (
        bucketBlocks(blocks, newer, maxPoints) ??
        bucketPoints([...pointsIn(metricId, span), newer], maxPoints)
      );
    },
    latest(metricId) {
      const last = lastChunk.get(metricId);
      return last && { step: last.lastStep, value: float32OfBlob(last.readings).at(-1) ?? NaN };
    },
    latestOfAll: () =>
      new Map(
        everyLastReading
          .all()
          .map(({ metricId, step, reading }) => [metricId, { step, value: reading.readFloatLE() }]),
      ),
    truncateAfter(runId, step) {
      const beyond = chunksBeyond.all(runId, step);
      for (const chunk of beyond) {
        const kept = within(pointsOf(chunk), Number.MIN_SAFE_INTEGER, step);
        // In place, since of two chunks with the same step the one with the higher id counts.
        if (kept.values.length > 0) cutChunk.run(...chunkValues(kept), chunk.id);
        else dropChunk.run(chunk.id);
      }
      const [firstStep] = pageOf(step);
      for (const metricId of new Set(beyond.map((chunk) => chunk.metricId))) {
        dropPages.run(metricId, firstStep);
        sumUpAgain(metricId, firstStep);
      }
    },
  };
}

function chunkValues(points: MetricPoints): ChunkValues {
  const { firstStep, steps, values } = points;
  return [firstStep, lastStepOf(points), steps && toBlob(steps), toBlob(values)];
}

function pointsOf({ firstStep, steps, readings }: ChunkRow): MetricPoints {
  return { firstStep, steps: steps && int32OfBlob(steps), values: float32OfBlob(readings) };
}
