import * as tf from '@tensorflow/tfjs-core';
import type { SimGan } from './algorithm-1.ts';
import { refinedProbability } from './losses.ts';

export interface RefinedBatch {
  /** x̃ = R(x), [n, h, w, c] in [−1, 1]. */
  readonly refined: Float32Array;
  /** D's probability that each patch is refined, [n, mapHeight, mapWidth]. */
  readonly patchMaps: Float32Array;
  readonly mapHeight: number;
  readonly mapWidth: number;
}

/** Refines images [n, h, w, c] in [−1, 1] and lets the discriminator judge the result; nothing is trained. */
export async function refineBatch(
  { config, refiner, discriminator }: Pick<SimGan, 'config' | 'refiner' | 'discriminator'>,
  images: Float32Array,
): Promise<RefinedBatch> {
  const { heightPx, widthPx, channels } = config;
  const count = images.length / (heightPx * widthPx * channels);
  const [refined, patchMaps] = tf.tidy(() => {
    const result = refiner.apply(tf.tensor4d(images, [count, heightPx, widthPx, channels]));
    return [result, refinedProbability(discriminator.apply(result))] as const;
  });
  const [, mapHeight, mapWidth] = patchMaps.shape;
  const values = await Promise.all([refined.data<'float32'>(), patchMaps.data<'float32'>()]);
  tf.dispose([refined, patchMaps]);
  return { refined: values[0], patchMaps: values[1], mapHeight, mapWidth };
}
