import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { createFileBatch } from '../base/file-batch.ts';
import { restoreRandom } from '../base/random.ts';
import { readSafeTensors, type SafeTensors, type SavedTensor } from '../base/safetensors.ts';
import { messageOf, StudioError } from '../base/studio-error.ts';
import { readTrainingConfig } from '../contract/config/read.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import type { SimGan } from './algorithm-1.ts';
import { guardStateSchema } from './guards.ts';
import type { HistorySegment } from './history-buffer.ts';
import { historyPath, historySteps, readHistorySegment, writeHistorySegment } from './history-segments.ts';
import type { NamedWeight } from './network.ts';
import { saveTensors } from './save-tensors.ts';
import { stepName, stepOfFile } from './step-names.ts';

const CHECKPOINT_FORMAT = 'simgan-checkpoint-1';

const word = z.int().min(0).max(0xffffffff);

const rankingSchema = z.strictObject({
  best: z.strictObject({ step: z.int(), score: z.number() }).optional(),
  /** Evaluations since the best one. */
  worse: z.int().min(0),
  /** The newest checkpoint whose labels were in budget. */
  goodStep: z.int().optional(),
});

/** What the evaluations of a run have shown so far. */
export type Ranking = z.infer<typeof rankingSchema>;

const stateSchema = z.strictObject({
  /** Pieces of work done (see schedule.ts). */
  position: z.int().min(0),
  refinerUpdates: z.int().min(0),
  discriminatorUpdates: z.int().min(0),
  historyRandom: z.tuple([word, word, word, word]),
  /** Hash of the steps at which the history buffer's entries came in, by slot; empty without history. */
  historyDigest: z.string(),
  /** Bits of every value in the history buffer. */
  historyBits: z.union([z.literal(8), z.literal(16)]).default(16),
  ranking: rankingSchema,
  /** What the last step measured, where its evaluation was given up for a command and is made first when the run goes on. */
  unjudged: z.record(z.string(), z.number()).optional(),
  guards: guardStateSchema.default([]),
  /** Cursors of the synthetic and the real data, as their sources gave them. */
  synthetic: z.unknown(),
  real: z.unknown(),
});

/** All of a run that the weights do not hold. */
export type RunState = z.infer<typeof stateSchema>;

const originSchema = z.strictObject({
  /** Version of the program. */
  program: z.string(),
  /** SHA-256 of the pixels that it is trained on. */
  synthetic: z.string(),
  real: z.string(),
});

/** What trained: a run goes on exactly only with the same images, and the same program. */
export type CheckpointOrigin = z.infer<typeof originSchema>;

export interface SavedCheckpoint {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Where the checkpoint of a step is. */
export function checkpointPath(runFolder: string, step: number): string {
  return join(runFolder, 'checkpoints', `${stepName(step)}.safetensors`);
}

/**
 * Saves everything from which training goes on as if it had never stopped, under `<runFolder>/checkpoints`, and the
 * history buffer's changes since the last checkpoint under `<runFolder>/history`. Both files are safetensors, written
 * atomically and read back, the checkpoint last: what it stands for is complete whenever it is there.
 * @throws StudioError 'engine' where a weight is no longer a number; nothing is written then
 * @throws StudioError 'storage' where the disk does not take the files, or gives back others
 */
export async function writeCheckpoint(
  runFolder: string,
  step: number,
  gan: SimGan,
  state: Pick<RunState, 'position' | 'ranking' | 'unjudged' | 'guards' | 'synthetic' | 'real'>,
  origin: CheckpointOrigin,
): Promise<SavedCheckpoint> {
  const tensors = new Map<string, SavedTensor>();
  for (const { name, variable } of everyWeight(gan)) {
    const values = await variable.data<'float32'>();
    if (!values.every(Number.isFinite)) throw brokenWeight(name, step);
    tensors.set(name, { shape: variable.shape, values });
  }
  const history = gan.history?.changes();
  if (history && history.slots.length > 0) {
    await writeHistorySegment(runFolder, step, history, gan.config);
  }
  const full: RunState = {
    ...state,
    refinerUpdates: gan.refinerOptimizer.updates,
    discriminatorUpdates: gan.discriminatorOptimizer.updates,
    historyRandom: [...gan.historyRandom.state()],
    historyDigest: digestOfHistory(gan),
    historyBits: gan.history?.bits ?? 8,
  };
  const path = checkpointPath(runFolder, step);
  const saved = await saveTensors(path, {
    metadata: {
      format: CHECKPOINT_FORMAT,
      step: String(step),
      config: JSON.stringify(gan.config),
      // Through the schema, so that the keys have one order and equal states equal bytes.
      state: JSON.stringify(stateSchema.parse(full)),
      origin: JSON.stringify(originSchema.parse(origin)),
    },
    tensors,
  });
  gan.history?.markSaved();
  return { path, ...saved };
}

export interface LoadedCheckpoint {
  readonly config: TrainingConfig;
  readonly step: number;
  readonly state: RunState;
  /** Undefined in files of versions that did not keep it. */
  readonly origin: CheckpointOrigin | undefined;
  readonly file: SafeTensors;
}

/** Reads a checkpoint; the networks are filled by `restoreWeights` or `restoreRun`. */
export async function readCheckpoint(path: string): Promise<LoadedCheckpoint> {
  const file = await readSafeTensors(path);
  const { format, step, config, state, origin } = file.metadata;
  if (format !== CHECKPOINT_FORMAT) {
    throw new StudioError(
      'too-new',
      `${path} is not a checkpoint that this version reads (${format ?? 'no format'}).`,
      {
        remedy: 'Open it with the version of the program that wrote it.',
        details: { path },
      },
    );
  }
  try {
    return {
      config: readTrainingConfig(JSON.parse(config), `The training config of the checkpoint ${path}`),
      step: z.coerce.number().int().parse(step),
      state: stateSchema.parse(JSON.parse(state)),
      origin: origin === undefined ? undefined : originSchema.parse(JSON.parse(origin)),
      file,
    };
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw new StudioError(
      'bad-input',
      `The checkpoint ${path} has a header that does not fit: ${error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)}`,
      {
        remedy: 'Use another checkpoint of the run.',
        details: { path },
        cause: error,
      },
    );
  }
}

/** Puts saved values into weights of the same names and shapes. */
export function restoreWeights(weights: readonly NamedWeight[], checkpoint: LoadedCheckpoint): void {
  for (const { name, variable } of weights) {
    const saved = checkpoint.file.tensors.get(name);
    if (saved?.shape.join() !== variable.shape.join()) {
      throw new StudioError(
        'bad-input',
        `The checkpoint has no weight "${name}" of shape [${variable.shape.join(', ')}].`,
        {
          remedy: 'Use a checkpoint of a run with the same network settings.',
        },
      );
    }
    tf.tidy(() => variable.assign(tf.tensor(saved.values, variable.shape)));
  }
}

/** Puts networks, optimizers, generator and history buffer back to where the checkpoint was written. */
export async function restoreRun(
  gan: SimGan,
  checkpoint: LoadedCheckpoint,
  runFolder: string,
): Promise<void> {
  restoreWeights(everyWeight(gan), checkpoint);
  gan.refinerOptimizer.updates = checkpoint.state.refinerUpdates;
  gan.discriminatorOptimizer.updates = checkpoint.state.discriminatorUpdates;
  gan.historyRandom = restoreRandom(checkpoint.state.historyRandom);
  if (!gan.history) return;
  for (const segment of await segmentsUpTo(runFolder, checkpoint.step, gan.history.capacity)) {
    gan.history.restore(segment);
  }
  if (digestOfHistory(gan) !== checkpoint.state.historyDigest) {
    throw new StudioError(
      'bad-input',
      `The history buffer of step ${checkpoint.step} cannot be put together from ${join(runFolder, 'history')}: a file is missing or another's.`,
      {
        remedy: 'Put the folder back as it was, or resume from an earlier checkpoint.',
        details: { runFolder },
      },
    );
  }
}

/** The newest segments that fill a buffer, oldest first: of a long run, whose older ones say nothing more, but a few. */
async function segmentsUpTo(runFolder: string, step: number, capacity: number): Promise<HistorySegment[]> {
  const segments: HistorySegment[] = [];
  const filled = new Set<number>();
  for (const segmentStep of (await historySteps(runFolder)).reverse()) {
    if (segmentStep > step) continue;
    if (filled.size === capacity) break;
    const segment = await readHistorySegment(runFolder, segmentStep);
    for (const slot of segment.slots) filled.add(slot);
    segments.unshift(segment);
  }
  return segments;
}

/**
 * Copies all that a run needs to start from a checkpoint of another one into its folder. They are safe from a power cut
 * when this settles. Throws StudioError 'storage' where the disk does not take them.
 */
export async function copyCheckpoint(fromFolder: string, toFolder: string, step: number): Promise<void> {
  const files = (await historySteps(fromFolder))
    .filter((segmentStep) => segmentStep <= step)
    .map((segmentStep) => historyPath(fromFolder, segmentStep));
  files.push(checkpointPath(fromFolder, step));
  const copies = createFileBatch();
  for (const file of files) await copies.copy(file, join(toFolder, relative(fromFolder, file)));
  await copies.putInPlace();
}

/** Removes what lies after a step, so that a resumed run does not find traces of the future it will redo. */
export async function removeAfter(runFolder: string, step: number): Promise<void> {
  for (const folder of ['history', 'checkpoints']) {
    for (const name of await readdir(join(runFolder, folder)).catch(() => [])) {
      if (name.endsWith('.safetensors') && stepOfFile(name) > step) await rm(join(runFolder, folder, name));
    }
  }
}

function digestOfHistory(gan: SimGan): string {
  return gan.history ? createHash('sha256').update(gan.history.enteredSteps()).digest('hex') : '';
}

function brokenWeight(name: string, step: number): StudioError {
  return new StudioError(
    'engine',
    `Training broke down by step ${step}: the weight "${name}" is no longer a number.`,
    {
      remedy:
        'Nothing after the last checkpoint is kept. Lower the learning rates or raise λ, and train again.',
      details: { step, weight: name },
    },
  );
}

function everyWeight(gan: SimGan): NamedWeight[] {
  return [
    ...gan.refiner.weights,
    ...gan.discriminator.weights,
    ...gan.refinerOptimizer.slots,
    ...gan.discriminatorOptimizer.slots,
  ];
}
