import { hostname } from 'node:os';
import { messageOf, StudioError } from '../../base/studio-error.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { wishForRun, type EngineWish } from '../training/engine-wish.ts';
import { inTurn, isAtWork, keepPausedStopped, takeInRequests } from './queue.ts';
import { orderOf } from '../runs/run-origin.ts';
import { mustGetRun } from '../runs/runs.ts';
import { signsOfLife } from '../training/signs-of-life.ts';
import type { TrainingHooks } from '../training/execute-training.ts';
import { ensureRunPacks, resumeTraining } from '../training/training-run.ts';

/** Opens the engine that is wished for, works with it, and frees it. */
export type WithEngine = (wish: EngineWish, work: (engine: Engine) => Promise<Run>) => Promise<Run>;

export interface QueueOutcome {
  /** Runs that came to an end, in order: done, stopped or failed. */
  readonly ended: readonly Run[];
  /** Runs that could not begin and wait on. */
  readonly skipped: readonly string[];
  /** The run that the signal stopped and that waits on. */
  readonly putBack: Run | undefined;
}

/**
 * Works the queue off, one run after the other, until it is empty or the signal stops it; what is queued meanwhile is
 * taken in. A run whose process died goes on from its newest checkpoint; one that the signal stops is put back. One that
 * cannot begin (its images are gone, its engine is missing) is skipped with a message and waits on.
 */
export async function workOffQueue(
  library: Library,
  withEngine: WithEngine,
  hooks: TrainingHooks,
): Promise<QueueOutcome> {
  const ended: Run[] = [];
  const skipped = new Map<number, string>();
  let putBack: Run | undefined;
  for (const { name } of keepPausedStopped(library)) {
    hooks.onNote(`${name} was paused and stays so. Resume it: simgan train --resume ${JSON.stringify(name)}`);
  }
  tellOthers(library, hooks.onNote);
  for (;;) {
    takeInRequests(library, hooks.onNote);
    const run = inTurn(library).find(({ id }) => !skipped.has(id));
    if (!run || hooks.signal.aborted) break;
    try {
      const result = await trainFromQueue(library, run, withEngine, hooks);
      if (result.status === 'queued') putBack = result;
      else ended.push(result);
    } catch (error) {
      if (hooks.signal.aborted) {
        const stopped = mustGetRun(library, run.id);
        if (stopped.status === 'queued') putBack = stopped;
        break;
      }
      if (!(error instanceof StudioError)) throw error;
      const after = mustGetRun(library, run.id);
      if (after.status === 'failed') ended.push(after);
      else skipped.set(run.id, run.name);
      hooks.onNote(`${run.name} ${after.status === 'failed' ? 'failed' : 'is skipped'}: ${messageOf(error)}`);
      hooks.onNote(error.remedy);
    }
  }
  return { ended, skipped: [...skipped.values()], putBack };
}

/** Runs that died and did not come by the queue are left to who started them. */
function tellOthers(library: Library, onNote: (text: string) => void): void {
  for (const run of library.runs.list()) {
    if (isAtWork(run) && !orderOf(library, run.id)) {
      onNote(
        `${run.name} was interrupted and is not of the queue. Go on with it: simgan train --resume ${JSON.stringify(run.name)}`,
      );
    }
  }
}

async function trainFromQueue(
  library: Library,
  run: Run,
  withEngine: WithEngine,
  hooks: TrainingHooks,
): Promise<Run> {
  const order = orderOf(library, run.id);
  if (!order) throw new Error(`${run.name} has lost its order.`);
  let wasPaused = false;
  const onAbort = (): void => {
    wasPaused = mustGetRun(library, run.id).status === 'paused';
  };
  hooks.signal.addEventListener('abort', onAbort);
  if (isAtWork(run)) hooks.onNote(`${run.name} was interrupted at step ${run.step}.`);
  library.transaction(() => {
    library.runs.claim(run.id, process.pid, hostname());
    library.runs.setStatus(run.id, 'preflight');
  });
  try {
    if (run.syntheticPackId === null) {
      const [synthetic, real] = [order.syntheticDatasetId, order.realDatasetId].map((id) =>
        mustGetDataset(library, id),
      );
      const request = { synthetic, real, preprocessing: order.preprocessing };
      const packIds = await ensureRunPacks(library, request, signsOfLife(library, run.id, hooks));
      library.runs.update(run.id, packIds);
    }
    await withEngine(wishForRun(run, order), (engine) =>
      resumeTraining(library, engine, mustGetRun(library, run.id), { steps: undefined, settings: {} }, hooks),
    );
  } finally {
    hooks.signal.removeEventListener('abort', onAbort);
    const now = mustGetRun(library, run.id);
    // A run that its user paused waits for its user.
    const isPutBack = isAtWork(now) || (hooks.signal.aborted && !wasPaused && now.status === 'stopped');
    if (isPutBack) library.runs.setStatus(run.id, 'queued');
  }
  return mustGetRun(library, run.id);
}

function mustGetDataset(library: Library, id: number): Dataset {
  const dataset = library.datasets.get(id);
  if (dataset) return dataset;
  throw new StudioError('not-found', 'The dataset that the run was queued with was removed.', {
    remedy: 'Take the run out of the queue with "simgan queue remove", and queue it again with another.',
    details: { datasetId: id },
  });
}
