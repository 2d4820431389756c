import { hostname } from 'node:os';
import { join } from 'node:path';
import { messageOf, StudioError } from '../../base/studio-error.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { withSettings, type LiveSettings } from '../../contract/training-command.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import { sha256OfFile } from '../../datasets/pixels/hash.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';
import type { Run, RunParent } from '../../library/runs.ts';
import { copyCheckpoint, readCheckpoint, type LoadedCheckpoint } from '../../simgan/checkpoint.ts';
import { checkOrigin } from './checkpoint-origin.ts';
import { executeTraining, type TrainingHooks } from './execute-training.ts';
import { forgetAfter } from './forget-after.ts';
import { ensurePack } from '../data/packs.ts';
import { CHANGE_EVENT, changeBetween, configAfter, configOf } from '../runs/run-config.ts';
import { sourcesOf } from './run-sources.ts';
import { findCheckpoint, mustGetRun, openRunPacks, type RunPacks } from '../runs/runs.ts';

export interface TrainingRequest {
  readonly config: TrainingConfig;
  readonly synthetic: Dataset;
  readonly real: Dataset;
  readonly preprocessing: Preprocessing;
  /** Default: "run 1", "run 2" … */
  readonly name?: string;
}

/**
 * A whole training run: packs the two datasets, records the run, trains, and records what training tells. Stopped by the
 * signal, by a command (see control-inbox.ts) or by a guard it ends as "stopped" with a checkpoint; a failure is
 * recorded with the run and thrown.
 */
export async function startTraining(
  library: Library,
  engine: Engine,
  request: TrainingRequest,
  hooks: TrainingHooks,
): Promise<Run> {
  const { syntheticPackId, realPackId } = await ensureRunPacks(library, request, hooks);
  const data = await openRunPacks(library, { syntheticPackId, realPackId });
  try {
    // Before the run is on record, so that a batch larger than the dataset leaves no run behind.
    sourcesOf(data, request.config, undefined);
    const run = library.transaction(() => {
      const added = library.runs.add({
        ...(request.name === undefined ? {} : { name: request.name }),
        config: request.config,
        syntheticPackId,
        realPackId,
        totalSteps: request.config.steps,
      });
      claim(library, added);
      return added;
    });
    return await executeTraining(library, engine, run, request.config, data, undefined, hooks);
  } finally {
    await data.close();
  }
}

/** Packs the two datasets of a run, as far as it is not done yet. */
export async function ensureRunPacks(
  library: Library,
  request: Pick<TrainingRequest, 'synthetic' | 'real' | 'preprocessing'>,
  hooks: TrainingHooks,
): Promise<{ readonly syntheticPackId: number; readonly realPackId: number }> {
  const packIds: number[] = [];
  const parts = [
    [request.synthetic, 'all'],
    // The rest of the real images stays unseen, to judge by.
    [request.real, 'train'],
  ] as const;
  for (const [dataset, split] of parts) {
    const { pack, unreadable } = await ensurePack(library, dataset, split, request.preprocessing, hooks);
    for (const { path, reason } of unreadable) hooks.onNote(`Left out ${path}: ${reason}`);
    packIds.push(pack.id);
  }
  return { syntheticPackId: packIds[0], realPackId: packIds[1] };
}

export interface ContinuationOptions {
  /** Steps in all; undefined keeps those of the run. */
  readonly steps: number | undefined;
  readonly settings: LiveSettings;
}

/**
 * Goes on with a run that was stopped, interrupted or failed, from its newest checkpoint that can be read (from the
 * beginning where none was saved yet), exactly as if it had never stopped; what was recorded after that checkpoint is
 * forgotten and made again. With more `steps` a finished run goes on, too. Settings that change are recorded.
 */
export async function resumeTraining(
  library: Library,
  engine: Engine,
  run: Run,
  options: ContinuationOptions,
  hooks: TrainingHooks,
): Promise<Run> {
  refuseQueued(run);
  const checkpoint = await whereToGoOn(library, run, hooks.onNote);
  const before = checkpoint ? configAfter(library, run.id, checkpoint) : configOf(run);
  const config = continuedConfig(run, before, options);
  // One that was killed between its last checkpoint and its end only ends.
  if (run.status === 'done') refuseComplete(run, checkpoint, config);
  return await withData(library, run, checkpoint, hooks, async (data) => {
    await forgetAfter(library, run, checkpoint?.step ?? BEFORE_ALL_STEPS);
    library.transaction(() => {
      library.runs.update(run.id, {
        config,
        totalSteps: config.steps,
        step: Math.max(0, checkpoint?.step ?? 0),
      });
      recordChange(library, run, checkpoint, before, config);
      claim(library, run);
    });
    hooks.onNote(
      checkpoint
        ? `Going on with ${run.name} after step ${checkpoint.step}.`
        : `${run.name} has no checkpoint yet: it starts from the beginning.`,
    );
    return await executeTraining(library, engine, run, config, data, checkpoint, hooks);
  });
}

/** Before the first step of any pre-training. */
const BEFORE_ALL_STEPS = Number.MIN_SAFE_INTEGER;

/**
 * Starts a new run from a checkpoint of another one: its weights, moments, buffer and place in the data are those of the
 * parent at that step, so that without changed settings it does what the parent did.
 */
export async function branchTraining(
  library: Library,
  engine: Engine,
  parent: Run,
  step: number,
  options: ContinuationOptions & { readonly name: string | undefined },
  hooks: TrainingHooks,
): Promise<Run> {
  const record = findCheckpoint(library, parent, step);
  const checkpoint = await readCheckpoint(join(library.runFolder(parent.id), record.path));
  const before = configAfter(library, parent.id, checkpoint);
  const config = continuedConfig(parent, before, options);
  refuseComplete(parent, checkpoint, config);
  return await withData(library, parent, checkpoint, hooks, async (data) => {
    const run = library.transaction(() => {
      const added = library.runs.add({
        ...(options.name === undefined ? {} : { name: options.name }),
        parent: { runId: parent.id, step },
        config,
        syntheticPackId: parent.syntheticPackId,
        realPackId: parent.realPackId,
        totalSteps: config.steps,
      });
      library.runs.update(added.id, { step: Math.max(0, step) });
      recordChange(library, added, checkpoint, checkpoint.config, config);
      claim(library, added);
      return added;
    });
    await takeOver(library, run, { runId: parent.id, step });
    hooks.onNote(`${run.name} starts from step ${step} of ${parent.name}.`);
    return await executeTraining(library, engine, run, config, data, checkpoint, hooks);
  });
}

/** Copies a checkpoint of another run, with all that belongs to it, and records it as this run's own. */
async function takeOver(library: Library, run: Run, { runId, step }: RunParent): Promise<void> {
  const { path, sha256, bytes } = findCheckpoint(library, mustGetRun(library, runId), step);
  await copyCheckpoint(library.runFolder(runId), library.runFolder(run.id), step);
  library.transaction(() => {
    library.historyBuffer.inherit(run.id, runId, step);
    library.checkpoints.record(run.id, { step, path, sha256, bytes });
  });
}

/** Says that this process works on the run; in one transaction with what else begins there. */
function claim(library: Library, run: Run): void {
  library.runs.claim(run.id, process.pid, hostname());
  library.runs.setStatus(run.id, 'running');
}

/** Puts changed settings on record, from which a run that is killed before its next checkpoint takes them again. */
function recordChange(
  library: Library,
  run: Run,
  checkpoint: LoadedCheckpoint | undefined,
  before: TrainingConfig,
  config: TrainingConfig,
): void {
  const content = changeBetween(before, config);
  if (!checkpoint || !content) return;
  library.runEvents.add(run.id, { step: checkpoint.step, kind: CHANGE_EVENT, content });
}

/** Opens the images of a run, and makes sure that they are those of its checkpoint before anything is changed. */
async function withData(
  library: Library,
  run: Run,
  checkpoint: LoadedCheckpoint | undefined,
  hooks: TrainingHooks,
  work: (data: RunPacks) => Promise<Run>,
): Promise<Run> {
  const data = await openRunPacks(library, run);
  try {
    if (checkpoint) checkOrigin(run.name, checkpoint, data, hooks.onNote);
    return await work(data);
  } finally {
    await data.close();
  }
}

/** What a run goes on with: the configuration so far, with what is asked for on top. */
function continuedConfig(
  run: Run,
  before: TrainingConfig,
  { steps, settings }: ContinuationOptions,
): TrainingConfig {
  const stored = configOf(run);
  return withSettings({ ...before, steps: steps ?? stored.steps }, settings);
}

function refuseComplete(run: Run, checkpoint: LoadedCheckpoint | undefined, { steps }: TrainingConfig): void {
  if (checkpoint === undefined || checkpoint.step < steps) return;
  throw new StudioError('bad-usage', `${run.name} has all its ${steps} steps.`, {
    remedy: `Give it more with --steps, such as --steps ${steps * 2}.`,
  });
}

/**
 * A run that waits for its turn is not resumed. One that is "running" may be: whoever has the library open for writing
 * is alone in it, so the process that trained it is gone, even where another one has its number now.
 */
function refuseQueued(run: Run): void {
  if (run.status !== 'queued') return;
  throw new StudioError('busy', `${run.name} is queued; it cannot be resumed now.`, {
    remedy: 'Wait until its turn has come.',
  });
}

/** The newest checkpoint that can be read; undefined where none was saved yet. */
async function whereToGoOn(
  library: Library,
  run: Run,
  onNote: (text: string) => void,
): Promise<LoadedCheckpoint | undefined> {
  if (library.checkpoints.latest(run.id) === undefined) {
    if (!run.parent) return undefined;
    // A branch that was killed before it had its parent's checkpoint.
    await takeOver(library, run, run.parent);
  }
  for (const checkpoint of library.checkpoints.list(run.id).reverse()) {
    const path = join(library.runFolder(run.id), checkpoint.path);
    try {
      if ((await sha256OfFile(path)) !== checkpoint.sha256) throw new Error('its content has changed');
      return await readCheckpoint(path);
    } catch (error) {
      // To go back further would throw away what the newer program trained.
      if (error instanceof StudioError && error.code === 'too-new') throw error;
      onNote(`The checkpoint of step ${checkpoint.step} cannot be used: ${messageOf(error)}`);
    }
  }
  throw new StudioError('not-found', `${run.name} has no checkpoint that can be read.`, {
    remedy: 'Put its folder back from a backup, or start again with "simgan train".',
    details: { folder: library.runFolder(run.id) },
  });
}
