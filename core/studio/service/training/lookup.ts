import { StudioError } from '../../../base/studio-error.ts';
import type { Checkpoint } from '../../../library/checkpoints.ts';
import type { Dataset, DatasetRole } from '../../../library/datasets.ts';
import type { Library } from '../../../library/library.ts';
import { isProcessAlive } from '../../../library/process-alive.ts';
import { effectiveStatus, type EffectiveRunStatus } from '../../../library/run-status.ts';
import type { Run } from '../../../library/runs.ts';
import { findCheckpoint } from '../../runs/runs.ts';

/** @throws StudioError 'not-found' */
export function runOf(library: Library, id: number): Run {
  const run = library.runs.get(id);
  if (run) return run;
  throw new StudioError('not-found', 'There is no such run any more.', {
    remedy: 'It was removed; look at the list of runs.',
    details: { runId: id },
  });
}

/** A run and its checkpoint of a step; null takes the best, or the newest where none was ranked. */
export function checkpointOf(
  library: Library,
  runId: number,
  step: number | null,
): { readonly run: Run; readonly checkpoint: Checkpoint } {
  const run = runOf(library, runId);
  return { run, checkpoint: findCheckpoint(library, run, step ?? undefined) };
}

/** @throws StudioError 'not-found' where it is not there, 'bad-usage' where it has another role */
export function datasetOf(library: Library, id: number, role: DatasetRole): Dataset {
  const dataset = library.datasets.get(id);
  if (dataset?.role === role) return dataset;
  throw new StudioError(
    dataset ? 'bad-usage' : 'not-found',
    dataset ? `"${dataset.name}" is no ${role} dataset.` : `The ${role} dataset is not there any more.`,
    { remedy: `Choose a ${role} dataset.`, details: { datasetId: id } },
  );
}

export function statusOf(run: Run): EffectiveRunStatus {
  return effectiveStatus(run, Date.now(), isProcessAlive);
}

const RESTING: ReadonlySet<EffectiveRunStatus> = new Set([
  'queued',
  'done',
  'stopped',
  'failed',
  'interrupted',
]);

/** @throws StudioError 'busy' while a process works on the run */
export function refuseAtWork(run: Run, what: string): void {
  const status = statusOf(run);
  if (RESTING.has(status)) return;
  throw new StudioError('busy', `${run.name} is ${status}: it cannot be ${what} now.`, {
    remedy: 'Stop it first; a checkpoint is saved.',
    details: { runId: run.id },
  });
}
