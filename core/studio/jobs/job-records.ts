import { StudioError } from '../../base/studio-error.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { findCheckpoint } from '../runs/runs.ts';

/**
 * What a job was ordered for, which may have been removed while it waited.
 * @throws StudioError 'not-found'
 */
export function mustGetRunOf(library: Library, id: number): Run {
  const run = library.runs.get(id);
  if (!run) throw gone(`Run ${id}`);
  return run;
}

/** @throws StudioError 'not-found' */
export function mustGetCheckpointOf(
  library: Library,
  { runId, step }: { readonly runId: number; readonly step: number },
): { readonly run: Run; readonly checkpoint: Checkpoint } {
  const run = mustGetRunOf(library, runId);
  return { run, checkpoint: findCheckpoint(library, run, step) };
}

/** @throws StudioError 'not-found' */
export function mustGetDatasetOf(library: Library, id: number): Dataset {
  const dataset = library.datasets.get(id);
  if (!dataset) throw gone(`Dataset ${id}`);
  return dataset;
}

function gone(what: string): StudioError {
  return new StudioError('not-found', `${what} was removed before the work on it began.`, {
    remedy: 'Choose another one, and start the work again.',
  });
}
