import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { StudioError } from '../../base/studio-error.ts';
import { withSettings, type LiveSettings } from '../../contract/training-command.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { totalPositions } from '../../simgan/schedule.ts';
import type { EngineWish } from '../training/engine-wish.ts';
import { describeSettings } from './probe-settings.ts';
import { addOrder } from '../queue/queue.ts';
import { probeVariantOf, recordOrigin, type ProbeVariant } from '../runs/run-origin.ts';
import { mustGetRun } from '../runs/runs.ts';
import type { TrainingHooks } from '../training/execute-training.ts';
import { ensureRunPacks, resumeTraining, type TrainingRequest } from '../training/training-run.ts';
import { configOf } from '../runs/run-config.ts';

/** A run of a probe, and what it tries. */
export interface ProbeRun {
  readonly run: Run;
  readonly variant: ProbeVariant;
}

/**
 * Puts a run per variant on record, all of the same data, seed and strip, named "probe 1 λ=0.1 K_g=2". They wait as the
 * queue's runs do, so that a probe whose process dies is finished by the queue.
 */
export async function planProbe(
  library: Library,
  request: TrainingRequest,
  grid: readonly LiveSettings[],
  wish: EngineWish,
  hooks: TrainingHooks,
): Promise<readonly ProbeRun[]> {
  const packIds = await ensureRunPacks(library, request, hooks);
  const { synthetic, real, preprocessing } = request;
  return library.transaction(() => {
    const probe = lastProbeNumber(library) + 1;
    return grid.map((settings) => {
      const variant = { probe, variant: describeSettings(settings) };
      const run = addOrder(library, {
        id: randomUUID(),
        name: `probe ${probe} ${variant.variant}`,
        config: withSettings(request.config, settings),
        syntheticDatasetId: synthetic.id,
        realDatasetId: real.id,
        preprocessing,
        ...wish,
      });
      library.runs.update(run.id, { ...packIds, notes: `A variant of probe ${probe}.` });
      recordOrigin(library, run.id, 'probe', variant);
      return { run: mustGetRun(library, run.id), variant };
    });
  });
}

/** Number of the newest probe; 0 where there is none. */
export function lastProbeNumber(library: Library): number {
  return library.runs
    .list()
    .reduce((last, { id }) => Math.max(last, probeVariantOf(library, id)?.probe ?? 0), 0);
}

/**
 * The runs of a probe, in the order of its grid.
 * @throws StudioError 'not-found' where there is no such probe
 */
export function probeRuns(library: Library, probe: number): readonly ProbeRun[] {
  const runs = library.runs.list().flatMap((run): ProbeRun[] => {
    const variant = probeVariantOf(library, run.id);
    return variant?.probe === probe ? [{ run, variant }] : [];
  });
  if (runs.length > 0) return runs;
  throw new StudioError('not-found', probe === 0 ? 'There is no probe yet.' : `There is no probe ${probe}.`, {
    remedy: 'Start one with lists of values, such as "simgan probe --lambda 0.01,0.1,1 --kg 1,2".',
  });
}

/**
 * Trains the variants in slices of some steps each, in turn, so that all come forward together; each slice goes on
 * exactly where the one before ended. A variant that a guard stops, or that breaks down, has ended. When the signal stops
 * the probe, its variants are stopped, too.
 */
export async function trainProbe(
  library: Library,
  engine: Engine,
  runs: readonly ProbeRun[],
  sliceSteps: number,
  hooks: TrainingHooks,
): Promise<void> {
  const going = new Map(runs.map(({ run }) => [run.id, 0]));
  const total = runs.reduce((sum, { run }) => sum + totalPositions(configOf(run)), 0);
  const done = new Map(going);
  const onProgress = (runId: number, positions: number): void => {
    done.set(runId, positions);
    const sum = [...done.values()].reduce((all, one) => all + one, 0);
    hooks.onProgress({ done: sum, total, unit: 'steps', label: 'Probing' });
  };
  for (let until = sliceSteps; going.size > 0 && !hooks.signal.aborted; until += sliceSteps) {
    for (const runId of [...going.keys()]) {
      if (hooks.signal.aborted) break;
      const goesOn = await trainUntil(library, engine, runId, until, {
        ...hooks,
        onProgress: (progress) => {
          if (progress.unit === 'steps') onProgress(runId, progress.done);
        },
      });
      if (!goesOn) going.delete(runId);
    }
  }
  for (const runId of going.keys()) library.runs.setStatus(runId, 'stopped');
}

/** One slice. Says whether there is more to do. */
async function trainUntil(
  library: Library,
  engine: Engine,
  runId: number,
  until: number,
  hooks: TrainingHooks,
): Promise<boolean> {
  const run = mustGetRun(library, runId);
  const { refinerPretrainSteps, discriminatorPretrainSteps } = configOf(run);
  const lastPosition = refinerPretrainSteps + discriminatorPretrainSteps + until;
  const sliceEnd = new AbortController();
  library.transaction(() => {
    library.runs.claim(runId, process.pid, hostname());
    library.runs.setStatus(runId, 'preflight');
  });
  try {
    const { status } = await resumeTraining(
      library,
      engine,
      mustGetRun(library, runId),
      { steps: undefined, settings: {} },
      {
        signal: AbortSignal.any([hooks.signal, sliceEnd.signal]),
        onProgress(progress) {
          hooks.onProgress(progress);
          if (progress.unit === 'steps' && progress.done >= lastPosition) sliceEnd.abort();
        },
        // Each slice would say that it goes on; what guards say is on record with the run.
        onNote: () => undefined,
      },
    );
    const goesOn = status === 'stopped' && (sliceEnd.signal.aborted || hooks.signal.aborted);
    if (goesOn) library.runs.setStatus(runId, 'queued');
    return goesOn;
  } catch (error) {
    if (hooks.signal.aborted) return true;
    if (!(error instanceof StudioError) || mustGetRun(library, runId).status !== 'failed') throw error;
    hooks.onNote(`${run.name} failed: ${error.message}`);
    return false;
  }
}
