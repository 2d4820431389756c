import { existsSync } from 'node:fs';
import type { z } from 'zod';
import type { openLibrarySchema } from '../../../contract/operations/studio.ts';
import type { Library } from '../../../library/library.ts';
import { isProcessAlive } from '../../../library/process-alive.ts';
import { effectiveStatus } from '../../../library/run-status.ts';
import type { Run } from '../../../library/runs.ts';
import type { DatasetCounts } from '../data/dataset-counts.ts';

type Counts = ReadonlyMap<number, DatasetCounts>;
type StepStates = z.infer<typeof openLibrarySchema>['steps'];

/** What is asked of a library for the rail: how far each part of the work is. */
export function stepStates(library: Library, counts: Counts): StepStates {
  const runs = library.runs.list().filter(({ trashedAt }) => trashedAt === null);
  const withCheckpoint = runs.filter(({ id }) => library.checkpoints.latest(id) !== undefined);
  const data = dataState(library, counts);
  const canTrain = data === 'done' || data === 'problem';
  const afterTraining = (isDone: (run: Run) => boolean): StepStates['inspect'] =>
    withCheckpoint.some(isDone) ? 'done' : withCheckpoint.length > 0 ? 'ready' : 'empty';
  return {
    data,
    train: trainState(runs, withCheckpoint.length > 0, canTrain),
    inspect: afterTraining(({ id }) => library.refinedImages.steps(id).length > 0),
    evaluate: afterTraining(({ id }) => library.evaluations.list(id).length > 0),
    export: afterTraining(({ id }) => library.exports.list().some(({ runId }) => runId === id)),
    runs: runsState(runs),
  };
}

function dataState(library: Library, counts: Counts): StepStates['data'] {
  const datasets = library.datasets.list();
  const roles = new Set(
    datasets.filter(({ id }) => (counts.get(id)?.inUse ?? 0) > 0).map(({ role }) => role),
  );
  const hasMissing = [...counts.values()].some(({ missing }) => missing > 0);
  const isUnreachable = datasets.some(({ rootPath }) => !existsSync(rootPath));
  if (hasMissing || isUnreachable) return 'problem';
  return roles.size === 2 ? 'done' : roles.size === 1 ? 'ready' : 'empty';
}

function trainState(runs: readonly Run[], hasCheckpoint: boolean, canTrain: boolean): StepStates['train'] {
  const newest = runs.findLast(({ status }) => status !== 'queued');
  if (newest && isTroubled(newest)) return 'problem';
  return hasCheckpoint ? 'done' : canTrain ? 'ready' : 'empty';
}

function runsState(runs: readonly Run[]): StepStates['runs'] {
  if (runs.length === 0) return 'empty';
  if (runs.some((run) => !run.archived && isTroubled(run))) return 'problem';
  return runs.some(({ status }) => status === 'done') ? 'done' : 'ready';
}

function isTroubled(run: Run): boolean {
  const status = effectiveStatus(run, Date.now(), isProcessAlive);
  return status === 'failed' || status === 'interrupted';
}
