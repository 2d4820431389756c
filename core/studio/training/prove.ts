import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import {
  checkpointPath,
  copyCheckpoint,
  readCheckpoint,
  type LoadedCheckpoint,
} from '../../simgan/checkpoint.ts';
import {
  compareCheckpoints,
  type CheckpointContent,
  type CheckpointDifference,
} from '../../simgan/compare-checkpoints.ts';
import { readHistoryAt } from '../../simgan/history-segments.ts';
import { train } from '../../simgan/train.ts';
import { checkOrigin, isSameProgram, originOf } from './checkpoint-origin.ts';
import { configAfter } from '../runs/run-config.ts';
import { openRunPacks } from '../runs/runs.ts';
import { sourcesOf } from './run-sources.ts';

/** What came of training the last steps of a run again. */
export interface Proof {
  readonly run: string;
  /** The checkpoint that was started from, and the one that should come out again. */
  readonly fromStep: number;
  readonly toStep: number;
  /** Whether the same bits are promised: on the same device, by an engine that repeats bit for bit, by this version. */
  readonly isPromised: boolean;
  readonly tensors: number;
  readonly historyImages: number;
  /** Empty: identical. */
  readonly differences: readonly CheckpointDifference[];
}

interface ProofHooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/**
 * Trains a run again from its last checkpoint but one to its last, in a temporary copy, and compares all that training
 * depends on bit for bit. Nothing of the run is changed; the library may be open for reading only.
 * @throws StudioError 'not-found' for a run with fewer than two checkpoints, 'cancelled' when the signal fired
 */
export async function proveRun(
  library: Library,
  engine: Engine,
  run: Run,
  hooks: ProofHooks,
): Promise<Proof> {
  const [from, to] = lastTwo(library, run);
  const runFolder = library.runFolder(run.id);
  const start = await readCheckpoint(join(runFolder, from.path));
  const saved = await contentOf(runFolder, join(runFolder, to.path));
  const copy = await mkdtemp(join(tmpdir(), 'simgan-prove-'));
  try {
    await copyCheckpoint(runFolder, copy, from.step);
    await trainAgain(library, engine, run, start, to.step, copy, hooks);
    const again = await contentOf(copy, checkpointPath(copy, to.step));
    return {
      run: run.name,
      fromStep: from.step,
      toStep: to.step,
      isPromised:
        engine.deterministic &&
        engine.name === run.engine &&
        engine.device === run.device &&
        isSameProgram(start.origin) &&
        isSameProgram(saved.checkpoint.origin),
      tensors: saved.checkpoint.file.tensors.size,
      historyImages: saved.history?.slots.length ?? 0,
      differences: compareCheckpoints(saved, again),
    };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function lastTwo(library: Library, run: Run): [from: Checkpoint, to: Checkpoint] {
  const [from, to] = library.checkpoints.list(run.id).slice(-2);
  if (to) return [from, to];
  throw new StudioError('not-found', `${run.name} has no two checkpoints between which to train again.`, {
    remedy: 'Train it until its second checkpoint; "simgan control checkpoint" saves one now.',
    details: { run: run.name },
  });
}

async function contentOf(runFolder: string, path: string): Promise<CheckpointContent> {
  const checkpoint = await readCheckpoint(path);
  const { history } = checkpoint.config;
  return { checkpoint, history: history ? await readHistoryAt(runFolder, checkpoint.step) : undefined };
}

async function trainAgain(
  library: Library,
  engine: Engine,
  run: Run,
  start: LoadedCheckpoint,
  toStep: number,
  runFolder: string,
  hooks: ProofHooks,
): Promise<void> {
  const config: TrainingConfig = {
    ...configAfter(library, run.id, start),
    // Measures, and what they may end, are no part of what is proved.
    evaluationEvery: 0,
    stopAfterWorse: 0,
  };
  const data = await openRunPacks(library, run);
  let step = start.step;
  const nothing = (): void => undefined;
  try {
    checkOrigin(run.name, start, data, nothing);
    const strip = new Float32Array(config.widthPx * config.heightPx * config.channels);
    await data.syntheticPack.readImages([0], strip);
    const { outcome } = await train(
      {
        config: { ...config, steps: Math.max(config.steps, toStep) },
        origin: originOf(data),
        historyBits: data.syntheticPack.preprocessing.bitDepth,
        openSources: (checkpoint) => sourcesOf(data, config, checkpoint),
        runFolder,
        strip,
        resume: start,
        lost: engine.lost,
      },
      {
        onPlace(place) {
          step = place.step;
          const [done, total] = [step - start.step, toStep - start.step];
          hooks.onProgress({ done, total, unit: 'steps', label: 'Training again' });
        },
        onMetrics: nothing,
        onHistory: nothing,
        onPreview: nothing,
        onCheckpoint: nothing,
        onGuard: nothing,
        onPaused: nothing,
        onChange: nothing,
      },
      {
        take: () =>
          hooks.signal.aborted ? { kind: 'cancel' } : step >= toStep ? { kind: 'stop' } : undefined,
        isWaiting: () => hooks.signal.aborted,
      },
    );
    if (outcome !== 'cancelled') return;
  } finally {
    await data.close();
  }
  throw new StudioError('cancelled', 'Stopped before the steps were trained again.', {
    remedy: 'Run the command again; nothing was changed.',
  });
}

/** A proof in sentences. */
export function describeProof(proof: Proof, engine: Pick<Engine, 'name' | 'device'>): string {
  const { run, fromStep, toStep, tensors, historyImages, differences, isPromised } = proof;
  const what = `${run}, steps ${fromStep + 1} to ${toStep} trained again on ${engine.name} (${engine.device})`;
  const [first] = differences;
  if (differences.length === 0) {
    return `identical: ${what}: ${tensors} tensors of weights and moments, generators, data cursors and ${historyImages} images of the history buffer are the same, bit for bit.`;
  }
  const place = first.first
    ? ` at value ${first.first.place} (${first.first.saved} saved, ${first.first.again} again)`
    : '';
  const relative = Math.max(...differences.map((difference) => difference.relative ?? 0));
  const amount =
    relative === Infinity
      ? 'Their shapes differ.'
      : `All numbers agree within ${relative.toExponential(1)} of the largest of their kind.`;
  const promise = isPromised
    ? 'This engine promises the same bits.'
    : 'The same bits are promised only by an engine that repeats bit for bit, on the device and by the version of the program that trained the run.';
  return `not identical: ${what}: ${differences.length} ${differences.length === 1 ? 'part differs' : 'parts differ'}, ${first.name} first${place}. ${amount} ${promise}`;
}
