import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../base/random.ts';
import type { ImageBatch } from '../../base/image-batch.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { readCheckpoint, restoreWeights } from '../../simgan/checkpoint.ts';
import { buildDiscriminator, type Discriminator } from '../../simgan/discriminator.ts';
import { refinedProbability } from '../../simgan/losses.ts';
import type { Network } from '../../simgan/network.ts';
import { buildRefiner } from '../../simgan/refiner.ts';

/** Both networks as a checkpoint has them. Whoever opens them disposes them. */
export interface CheckpointNetworks {
  readonly config: TrainingConfig;
  readonly refiner: Network;
  readonly discriminator: Discriminator;
  dispose(): void;
}

/** D's probability that each patch is refined, [n, height, width]. */
export interface PatchMaps {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Needs an open engine. */
export async function openCheckpointNetworks(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
): Promise<CheckpointNetworks> {
  const loaded = await readCheckpoint(join(library.runFolder(run.id), checkpoint.path));
  const random = createRandom(0);
  const refiner = buildRefiner(loaded.config, random);
  const discriminator = buildDiscriminator(loaded.config, random);
  const dispose = (): void => {
    refiner.dispose();
    discriminator.dispose();
  };
  try {
    restoreWeights([...refiner.weights, ...discriminator.weights], loaded);
  } catch (error) {
    dispose();
    throw error;
  }
  return { config: loaded.config, refiner, discriminator, dispose };
}

/** R(x) of a batch. */
export async function refineImages(
  { refiner }: Pick<CheckpointNetworks, 'refiner'>,
  batch: ImageBatch,
): Promise<ImageBatch> {
  const { values } = await valuesOf(() => refiner.apply(tensorOf(batch)));
  return { ...batch, images: values };
}

/** D of a batch. */
export async function judgeImages(
  { discriminator }: Pick<CheckpointNetworks, 'discriminator'>,
  batch: ImageBatch,
): Promise<PatchMaps> {
  const { values, shape } = await valuesOf(() => refinedProbability(discriminator.apply(tensorOf(batch))));
  return { values, height: shape[1], width: shape[2] };
}

/** [n, h, w, c] */
export function tensorOf({ images, count, heightPx, widthPx, channels }: ImageBatch): tf.Tensor4D {
  return tf.tensor4d(images, [count, heightPx, widthPx, channels]);
}

/** The values of a tensor that is computed and let go of. */
export async function valuesOf(
  compute: () => tf.Tensor,
): Promise<{ readonly values: Float32Array; readonly shape: readonly number[] }> {
  const result = tf.tidy(compute);
  try {
    return { values: await result.data<'float32'>(), shape: result.shape };
  } finally {
    result.dispose();
  }
}
