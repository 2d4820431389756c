import type { Connection } from './connection.ts';
import { ALL_STEPS, metricChunkTable, type LatestReading, type StepSpan } from './metric-chunks.ts';
import { pointsAt } from './metric-points.ts';
import { bucketPoints, type MetricSeries } from './metric-series.ts';

/** What was measured at one step. Kept as float32; NaN and infinities are kept too. */
export interface MetricReading {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface SeriesOptions {
  /** Default: the first step that there is. */
  readonly fromStep?: number;
  /** Default: the last step that there is. */
  readonly toStep?: number;
  /** Default 2,000. */
  readonly maxPoints?: number;
}

export interface RunMetrics {
  /** Adds readings. More metrics for a step that is there are added to it; the same metric again replaces. */
  append(runId: number, readings: readonly MetricReading[]): void;
  /** Names of all metrics of a run, in the order of their first appearance. */
  names(runId: number): string[];
  /** The newest reading of every metric. */
  latest(runId: number): Record<string, LatestReading>;
  /** The newest readings of all runs that have any, by run. */
  latestOfAll(): Map<number, Record<string, LatestReading>>;
  /** A metric's curve, down-sampled to what a chart can show. Empty when there is no such metric. */
  series(runId: number, name: string, options?: SeriesOptions): MetricSeries;
  /** The same of several metrics, in their order; recent readings are read once for all of them. */
  manySeries(runId: number, names: readonly string[], options?: SeriesOptions): MetricSeries[];
  /** Forgets what comes after a step. */
  truncateAfter(runId: number, step: number): void;
}

/**
 * New readings are written as one row per step. When this many have come together they are turned into columns: one
 * chunk per metric. So writing costs one row per step, a chart reads one metric's 16 KiB blobs only, and a reading
 * takes 4 bytes.
 */
const CHUNK_STEPS = 4_096;

/** Rows read at a time on the way back from the newest. */
const PAGE_STEPS = 64;

/** A reading in a row: the metric's id, its float32 value. */
const READING_BYTES = 8;
const METRIC_ID_BYTES = 4;

interface StepRow {
  readonly step: number;
  readonly readings: Buffer;
}

export function runMetricTable(connection: Connection): RunMetrics {
  const chunks = metricChunkTable(connection);
  const metrics = connection.prepare<[number], { id: number; name: string }>(
    'SELECT id, name FROM run_metrics WHERE run_id = ? ORDER BY id',
  );
  const addMetric = connection.prepare<[number, string]>(
    'INSERT INTO run_metrics (run_id, name) VALUES (?, ?)',
  );
  const findMetric = connection.prepare<[number, string], { id: number }>(
    'SELECT id FROM run_metrics WHERE run_id = ? AND name = ?',
  );
  const rowAt = connection.prepare<[number, number], { readings: Buffer }>(
    'SELECT readings FROM run_metric_rows WHERE run_id = ? AND step = ?',
  );
  const putRow = connection.prepare<[number, number, Buffer]>(
    `INSERT INTO run_metric_rows (run_id, step, readings) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET readings = excluded.readings`,
  );
  const countRows = connection.prepare<[number], { count: number }>(
    'SELECT count(*) AS count FROM run_metric_rows WHERE run_id = ?',
  );
  const rows = connection.prepare<[number, number, number], StepRow>(
    'SELECT step, readings FROM run_metric_rows WHERE run_id = ? AND step BETWEEN ? AND ? ORDER BY step',
  );
  const rowsBack = connection.prepare<[number, number, number], StepRow>(
    'SELECT step, readings FROM run_metric_rows WHERE run_id = ? AND step <= ? ORDER BY step DESC LIMIT ?',
  );
  const dropRows = connection.prepare<[number, number]>(
    'DELETE FROM run_metric_rows WHERE run_id = ? AND step > ?',
  );
  const everyMetric = connection.prepare<[], { id: number; runId: number; name: string }>(
    'SELECT id, run_id AS runId, name FROM run_metrics ORDER BY id',
  );
  const everyNewestRow = connection.prepare<[], StepRow & { runId: number }>(
    `SELECT runs.id AS runId, newest.step, readings FROM runs JOIN run_metric_rows AS newest
       ON run_id = runs.id AND newest.step = (SELECT max(step) FROM run_metric_rows WHERE run_id = runs.id)`,
  );

  const rowsToChunks = (runId: number): void => {
    const columns = new Map<number, { steps: number[]; values: number[] }>();
    for (const { step, readings } of rows.all(runId, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
      for (const [metricId, value] of readingsOf(readings)) {
        const column = columns.get(metricId) ?? { steps: [], values: [] };
        columns.set(metricId, column);
        column.steps.push(step);
        column.values.push(value);
      }
    }
    for (const [metricId, { steps, values }] of columns) {
      chunks.add(metricId, pointsAt(Int32Array.from(steps), Float32Array.from(values)));
    }
    dropRows.run(runId, Number.MIN_SAFE_INTEGER);
  };

  /** Newest reading of each metric among the rows, read backwards until all were seen. */
  const newestInRows = (runId: number, metricCount: number): Map<number, LatestReading> => {
    const newest = new Map<number, LatestReading>();
    for (let before = Number.MAX_SAFE_INTEGER; newest.size < metricCount;) {
      const page = rowsBack.all(runId, before, PAGE_STEPS);
      for (const { step, readings } of page) {
        if (newest.size === metricCount) break;
        for (const [metricId, value] of readingsOf(readings)) {
          if (!newest.has(metricId)) newest.set(metricId, { step, value });
        }
      }
      if (page.length < PAGE_STEPS) break;
      before = page[page.length - 1].step - 1;
    }
    return newest;
  };

  const latest = (runId: number): Record<string, LatestReading> => {
    const names = metrics.all(runId);
    const recent = newestInRows(runId, names.length);
    return Object.fromEntries(
      names.flatMap(({ id, name }) => {
        const reading = newer(recent.get(id), chunks.latest(id));
        return reading ? [[name, reading]] : [];
      }),
    );
  };

  const manySeries = (
    runId: number,
    names: readonly string[],
    options: SeriesOptions = {},
  ): MetricSeries[] => {
    const { fromStep, toStep, maxPoints = 2_000 } = options;
    const span: StepSpan =
      fromStep === undefined && toStep === undefined
        ? ALL_STEPS
        : { fromStep: fromStep ?? ALL_STEPS.fromStep, toStep: toStep ?? ALL_STEPS.toStep };
    const ids = names.map((name) => findMetric.get(runId, name)?.id);
    const recent = new Map(ids.map((id) => [id, { steps: [] as number[], values: [] as number[] }]));
    for (const { step, readings } of rows.all(runId, span.fromStep, span.toStep)) {
      // Without a list of pairs: thousands of rows have a score of readings each.
      for (let offset = 0; offset < readings.length; offset += READING_BYTES) {
        const column = recent.get(readings.readUInt32LE(offset));
        column?.steps.push(step);
        column?.values.push(readings.readFloatLE(offset + METRIC_ID_BYTES));
      }
    }
    return ids.map((id) => {
      if (id === undefined) return bucketPoints([], maxPoints);
      const { steps = [], values = [] } = recent.get(id) ?? {};
      const newer = pointsAt(Int32Array.from(steps), Float32Array.from(values));
      return chunks.series(id, newer, span, maxPoints);
    });
  };

  return {
    append: (runId, readings) =>
      connection.transaction(() => {
        const ids = new Map(metrics.all(runId).map(({ id, name }) => [name, id]));
        for (const { step, values } of readings) {
          const added = Object.entries(values).map(([name, value]): [number, number] => {
            const id = ids.get(name) ?? addMetric.run(runId, name).insertedId;
            ids.set(name, id);
            return [id, value];
          });
          const before = rowAt.get(runId, step);
          const all = before ? new Map([...readingsOf(before.readings), ...added]) : added;
          putRow.run(runId, step, readingsBlob([...all]));
        }
        if ((countRows.get(runId)?.count ?? 0) >= CHUNK_STEPS) rowsToChunks(runId);
      }),
    names: (runId) => metrics.all(runId).map(({ name }) => name),
    latest,
    latestOfAll() {
      const kept = chunks.latestOfAll();
      const rowOf = new Map(everyNewestRow.all().map((row) => [row.runId, row]));
      const metricsOf = Map.groupBy(everyMetric.all(), ({ runId }) => runId);
      return new Map(
        [...metricsOf].map(([runId, names]) => {
          const row = rowOf.get(runId);
          const recent = new Map(row ? readingsOf(row.readings) : []);
          // What the newest step lacks may stand in the one before, or a thousand steps back.
          if (row && recent.size < names.length) return [runId, latest(runId)];
          const readings = names.flatMap(({ id, name }) => {
            const value = recent.get(id);
            const reading = row && value !== undefined ? { step: row.step, value } : kept.get(id);
            return reading ? [[name, reading] as const] : [];
          });
          return [runId, Object.fromEntries(readings)];
        }),
      );
    },
    series: (runId, name, options) => manySeries(runId, [name], options)[0],
    manySeries,
    truncateAfter: (runId, step) =>
      connection.transaction(() => {
        dropRows.run(runId, step);
        chunks.truncateAfter(runId, step);
      }),
  };
}

function newer(left: LatestReading | undefined, right: LatestReading | undefined): LatestReading | undefined {
  return left && right ? (left.step >= right.step ? left : right) : (left ?? right);
}

function readingsBlob(readings: readonly (readonly [number, number])[]): Buffer {
  const blob = Buffer.allocUnsafe(readings.length * READING_BYTES);
  readings.forEach(([metricId, value], index) => {
    blob.writeUInt32LE(metricId, index * READING_BYTES);
    blob.writeFloatLE(value, index * READING_BYTES + METRIC_ID_BYTES);
  });
  return blob;
}

function readingsOf(blob: Buffer): [metricId: number, value: number][] {
  const readings: [number, number][] = [];
  for (let offset = 0; offset < blob.length; offset += READING_BYTES) {
    readings.push([blob.readUInt32LE(offset), blob.readFloatLE(offset + METRIC_ID_BYTES)]);
  }
  return readings;
}
