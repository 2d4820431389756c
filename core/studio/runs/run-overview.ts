import type { z } from 'zod';
import type { runSchema } from '../../contract/operations/runs.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Evaluation } from '../../library/evaluations.ts';
import type { Library } from '../../library/library.ts';
import { isProcessAlive } from '../../library/process-alive.ts';
import { effectiveStatus } from '../../library/run-status.ts';
import type { Run } from '../../library/runs.ts';
import { describeHealth } from '../../simgan/health.ts';
import type { RunEvaluation } from '../evaluation/evaluation-run.ts';
import { readHealth } from './read-health.ts';
import { tryConfigOf } from './run-config.ts';
import { orderOf, probeVariantOf } from './run-origin.ts';

/** A run as lists and stores show it. */
export type RunOverview = z.infer<typeof runSchema>;

/** All runs, in the order of their making: a handful of queries, however many there are. */
export function runOverviews(library: Library): RunOverview[] {
  const readings = library.runMetrics.latestOfAll();
  const best = library.checkpoints.bestOfAll();
  const evaluations = library.evaluations.newest('full');
  const datasets = new Map(library.packs.list().map(({ id, datasetId }) => [id, datasetId]));
  return library.runs.list().map((run) =>
    overviewOf(library, run, datasets, {
      readings: readings.get(run.id) ?? {},
      best: best.get(run.id),
      evaluation: evaluations.get(run.id),
    }),
  );
}

/** One run. Undefined where there is none. */
export function runOverview(library: Library, id: number): RunOverview | undefined {
  const run = library.runs.get(id);
  if (!run) return undefined;
  const packs = [run.syntheticPackId, run.realPackId].flatMap((packId) =>
    packId === null ? [] : (library.packs.get(packId) ?? []),
  );
  const datasets = new Map(packs.map((pack) => [pack.id, pack.datasetId]));
  return overviewOf(library, run, datasets, {
    readings: library.runMetrics.latest(id),
    best: library.checkpoints.best(id),
    evaluation: library.evaluations.newest('full', id).get(id),
  });
}

/** What was measured of a run. */
interface Measured {
  readonly readings: ReturnType<Library['runMetrics']['latest']>;
  readonly best: Checkpoint | undefined;
  readonly evaluation: Evaluation | undefined;
}

function overviewOf(
  library: Library,
  run: Run,
  datasets: ReadonlyMap<number, number>,
  { readings, best, evaluation }: Measured,
): RunOverview {
  const { config, configError } = tryConfigOf(run);
  const order = run.syntheticPackId === null ? orderOf(library, run.id) : undefined;
  const datasetOf = (packId: number | null): number | undefined =>
    packId === null ? undefined : datasets.get(packId);
  const hasReadings = Object.keys(readings).length > 0;
  return {
    id: run.id,
    name: run.name,
    status: effectiveStatus(run, Date.now(), isProcessAlive),
    step: run.step,
    totalSteps: run.totalSteps,
    parent: run.parent,
    config,
    configError,
    syntheticDatasetId: datasetOf(run.syntheticPackId) ?? order?.syntheticDatasetId ?? null,
    realDatasetId: datasetOf(run.realPackId) ?? order?.realDatasetId ?? null,
    engine: run.engine,
    device: run.device,
    verdict:
      run.verdict ??
      (hasReadings && config ? describeHealth(readHealth(library, run.id, config.driftBudget)) : null),
    error: run.error,
    notes: run.notes,
    tags: [...run.tags],
    archived: run.archived,
    trashed: run.trashedAt !== null,
    bestStep: best?.step ?? null,
    bestScores: best
      ? {
          realism: best.scores.realism ?? null,
          driftPx: best.scores.drift ?? null,
          score: best.scores.score ?? null,
        }
      : null,
    downstream: evaluation ? downstreamOf(evaluation) : null,
    probe: run.status === 'queued' ? (probeVariantOf(library, run.id)?.probe ?? null) : null,
    metrics: Object.fromEntries(
      Object.entries(readings).flatMap(([name, { value }]) =>
        Number.isFinite(value) ? [[name, value]] : [],
      ),
    ),
    seconds: run.workedSeconds,
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
  };
}

function downstreamOf({ step, result }: Evaluation): NonNullable<RunOverview['downstream']> {
  const { gaze, noGaze } = result as Pick<RunEvaluation, 'gaze' | 'noGaze'>;
  const trainedOn = (set: 'refined' | 'synthetic' | 'histogram-matched') =>
    gaze?.rows.find((row) => row.trainedOn === set)?.meanErrorDeg;
  const refined = trainedOn('refined');
  return {
    step,
    unit: '°',
    error: refined?.mean ?? null,
    deviation: refined?.deviation ?? null,
    before: trainedOn('synthetic')?.mean ?? null,
    toneCurve: trainedOn('histogram-matched')?.mean ?? null,
    whyNot: refined ? '' : (noGaze ?? 'This evaluation did not measure it.'),
  };
}
