import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../base/random.ts';
import { convolve } from '../convolve.ts';

/** What the probe's default step is made of; the paper's refiner is 4 blocks of 64 features at 35 × 55. */
export interface DefaultStepParameters {
  readonly images: number;
  readonly heightPx: number;
  readonly widthPx: number;
  readonly features: number;
}

/**
 * Forward and all gradients of one residual block of the refiner: what a training step spends its time with.
 * Each call of the result is one step, complete when its promise is.
 */
export function createProbeStep(parameters: DefaultStepParameters): () => Promise<void> {
  const { images, heightPx, widthPx, features } = parameters;
  const random = createRandom(1);
  const normals = (shape: number[], deviation: number): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal() * deviation),
      shape,
    );
  const x = normals([images, heightPx, widthPx, features], 1);
  const filterDeviation = Math.sqrt(2 / (9 * features));
  const weights = [0, 1].flatMap(() => [
    normals([3, 3, features, features], filterDeviation),
    tf.zeros([features]),
  ]);
  const same = { stride: 1, padding: 'same' } as const;
  const loss = (hidden: tf.Tensor, ...[filter, bias, second, secondBias]: tf.Tensor[]): tf.Scalar => {
    const inner = convolve(hidden as tf.Tensor4D, filter as tf.Tensor4D, bias as tf.Tensor1D, {
      ...same,
      activation: 'relu',
    });
    const outer = convolve(inner, second as tf.Tensor4D, secondBias as tf.Tensor1D, {
      ...same,
      activation: 'linear',
    });
    return tf.mean(tf.relu(tf.add(outer, hidden)));
  };
  return async () => {
    const gradients = tf.grads(loss)([x, ...weights]);
    const last = gradients[gradients.length - 1];
    await last.data();
    tf.dispose(gradients);
  };
}
