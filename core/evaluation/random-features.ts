import * as tf from '@tensorflow/tfjs-core';
import { selectImages, type ImageBatch } from '../base/image-batch.ts';
import { takeTurn } from '../base/long-work.ts';
import { createRandom } from '../base/random.ts';
import { addConvolution, disposeWeights, heDeviation, type NamedWeight } from '../simgan/network.ts';
import type { Features } from './kernel-distance.ts';

/** Looks at images through a network that nobody trained and that never changes. */
export interface RandomFeatures {
  /** @throws StudioError 'cancelled' */
  extract(images: ImageBatch, signal?: AbortSignal): Promise<Features>;
  dispose(): void;
}

/** Maps after each convolution of stride 2. */
const MAPS = [16, 32, 64];

/** The same network in every run and on every machine, so that distances of different runs can be compared. */
const SEED = 20161222;

/**
 * Features for comparing sets of images: three convolutions (5×5, 3×3, 3×3, stride 2, ReLU, no bias) with random
 * weights after He et al. 2015, and of each map its mean and its deviation over the image: 224 numbers that speak of
 * brightness, contrast, edges, texture and noise at three scales and of no place. Random networks are weaker than
 * trained ones but tell textures apart (Ustyuzhaninov et al. 2017, "What does it take to generate natural textures?"),
 * favour no dataset, and need no download.
 */
export function createRandomFeatures(channels: number): RandomFeatures {
  const random = createRandom(SEED, 'random features');
  const weights: NamedWeight[] = [];
  const layers = MAPS.map((maps, index) => {
    const kernelPx = index === 0 ? 5 : 3;
    const inputs = index === 0 ? channels : MAPS[index - 1];
    return addConvolution(
      weights,
      `random features/layer-${index + 1}`,
      {
        kernelHeight: kernelPx,
        kernelWidth: kernelPx,
        inputs,
        outputs: maps,
        stride: 2,
        padding: 'same',
        activation: 'relu',
        initialDeviation: heDeviation(kernelPx, kernelPx, inputs),
      },
      random,
    );
  });
  const width = 2 * MAPS.reduce((sum, maps) => sum + maps, 0);

  const describe = (images: tf.Tensor4D): tf.Tensor2D => {
    const parts: tf.Tensor2D[] = [];
    layers.reduce((hidden, layer) => {
      const maps = layer(hidden);
      const mean = tf.mean<tf.Tensor4D>(maps, [1, 2], true);
      const variance = tf.mean<tf.Tensor2D>(tf.squaredDifference(maps, mean), [1, 2]);
      parts.push(tf.reshape(mean, variance.shape), tf.sqrt(variance));
      return maps;
    }, images);
    return tf.concat2d(parts, 1);
  };
  return {
    async extract(batch, signal) {
      const { count, heightPx, widthPx } = batch;
      const values = new Float32Array(count * width);
      const atOnce = Math.max(1, Math.floor(IMAGE_PIXELS_AT_ONCE / (heightPx * widthPx)));
      for (let start = 0; start < count; start += atOnce) {
        const length = Math.min(atOnce, count - start);
        const part = selectImages(
          batch,
          Uint32Array.from({ length }, (_, index) => start + index),
        );
        const features = tf.tidy(() =>
          describe(tf.tensor4d(part.images, [length, heightPx, widthPx, channels])),
        );
        values.set(await features.data<'float32'>(), start * width);
        features.dispose();
        await takeTurn(signal);
      }
      return { values, count, width };
    },
    dispose: () => disposeWeights(weights),
  };
}

/** 136 eyes of 55×35, five hands of 224×224: a few dozen milliseconds between turns of the event loop. */
const IMAGE_PIXELS_AT_ONCE = 2 ** 18;
