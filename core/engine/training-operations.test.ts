import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { convolve } from './convolve.ts';
import { openEngine, type Engine, type EngineName } from './engine.ts';
import { findPresentEngines } from './present-engines.ts';

/** What the networks of this program are made of, as functions of one image batch and one matrix of weights. */
const losses: Record<string, (x: tf.Tensor4D, weights: tf.Tensor2D) => tf.Tensor> = {
  'dense layer, both ways round': (x, weights) => {
    const rows = tf.reshape<tf.Rank.R2>(x, [-1, 6]);
    return tf.sum(tf.square(tf.add(tf.matMul(rows, weights), tf.matMul(rows, weights, false, true))));
  },
  'dense layer with relu': (x, weights) =>
    tf.sum(tf.relu(tf.matMul(tf.reshape<tf.Rank.R2>(x, [-1, 6]), weights))),
  'tanh and absolute difference': (x) => tf.sum(tf.abs(tf.sub(tf.tanh(x), 0.1))),
  'sigmoid and logarithm': (x) => tf.mean(tf.log(tf.add(tf.sigmoid(x), 1e-3))),
  'log of softmax': (x) => tf.mean(tf.square(tf.logSoftmax(x))),
  'softmax cross entropy': (x) => tf.neg(tf.mean(tf.log(tf.add(tf.softmax(x), 1e-7)))),
  'max pooling 3×3 at stride 1': (x) => tf.sum(tf.square(tf.maxPool(x, 3, 1, 'same'))),
  'max pooling 2×2 at stride 2, odd size': (x) => tf.sum(tf.square(tf.maxPool(x, 2, 2, 'valid'))),
  'normalisation over the batch': (x) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    return tf.sum(tf.tanh(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)))));
  },
  'clipping and extremes': (x) =>
    tf.sum(tf.mul(tf.clipByValue(x, -0.5, 0.5), tf.maximum(x, tf.minimum(x, 0.2)))),
  'leaky relu': (x) => tf.sum(tf.square(tf.leakyRelu(x, 0.2))),
  'slices, padding and concatenation': (x) => {
    const right = tf.slice(x, [0, 0, 1, 0], [-1, -1, -1, -1]);
    const left = tf.slice(x, [0, 0, 0, 0], [-1, -1, x.shape[2] - 1, -1]);
    const edges = tf.abs(tf.sub(right, left));
    return tf.sum(
      tf.mul(
        tf.concat([x, x], 3),
        tf.concat(
          [
            x,
            tf.pad(edges, [
              [0, 0],
              [0, 0],
              [0, 1],
              [0, 0],
            ]),
          ],
          3,
        ),
      ),
    );
  },
  'mean over channels and over pixels': (x) =>
    tf.add(tf.sum(tf.square(tf.mean(x, 3))), tf.sum(tf.square(tf.mean(x, [1, 2])))),
  'residual block': (x, weights) => {
    const filter = tf.reshape<tf.Rank.R4>(weights, [1, 1, 6, 6]);
    const same = { stride: 1, padding: 'same', activation: 'relu' } as const;
    const inner = convolve(convolve(x, filter, tf.zeros([6]), same), filter, tf.ones([6]), same);
    return tf.sum(tf.square(tf.relu(tf.add(inner, x))));
  },
};

describe.for(await findPresentEngines())('on $name', ({ name: engineName, absence }) => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    if (absence === undefined) engine = await openEngine(engineName);
  });
  afterAll(() => engine?.dispose());

  describe.skipIf(absence !== undefined)(
    'value and gradients agree with the plain JavaScript backend',
    () => {
      test.each(Object.keys(losses))('%s', async (name) => {
        const here = await evaluateOn(engineName, losses[name]);
        const plain = await evaluateOn('cpu', losses[name]);
        expect(here.length).toBe(plain.length);
        here.forEach((values, index) => {
          const scale = Math.max(1e-3, ...plain[index].map(Math.abs));
          values.forEach((value, at) =>
            expect(Math.abs(value - plain[index][at]) / scale).toBeLessThan(1e-4),
          );
        });
      });
    },
  );

  describe.skipIf(absence !== undefined)(
    'resizing is linear, so its gradient is its adjoint: Σ resize(x)·y = Σ x·gradient(y)',
    () => {
      const methods = { nearest: tf.image.resizeNearestNeighbor, bilinear: tf.image.resizeBilinear };
      const cases = (['nearest', 'bilinear'] as const).flatMap((method) =>
        [
          [14, 18],
          [5, 4],
          [21, 20],
        ].flatMap((size) =>
          [[false, false] as const, [true, false] as const, [false, true] as const].map((rule) => ({
            method,
            size: size as [number, number],
            rule,
          })),
        ),
      );
      test.each(cases)('$method to $size, corners and half pixels $rule', async ({ method, size, rule }) => {
        await tf.setBackend(engineName);
        tf.tidy(() => {
          const resize = (images: tf.Tensor): tf.Tensor4D =>
            methods[method](images as tf.Tensor4D, size, ...rule);
          const x = tf.randomNormal([2, 7, 9, 3], 0, 1, 'float32', 1);
          const y = tf.randomNormal([2, ...size, 3], 0, 1, 'float32', 2);
          const gradient = tf.grad(resize)(x, y);
          expect(gradient.shape).toEqual(x.shape);
          expect(innerProduct(resize(x), y)).toBeCloseTo(innerProduct(x, gradient), 3);
        });
      });
    },
  );

  describe.skipIf(absence !== undefined)(
    'so is average pooling, also where windows reach into the padding',
    () => {
      test.each([
        [2, 2],
        [3, 1],
        [3, 2],
      ])('window %i, stride %i', async (window, stride) => {
        await tf.setBackend(engineName);
        tf.tidy(() => {
          const pool = (images: tf.Tensor): tf.Tensor4D =>
            tf.avgPool(images as tf.Tensor4D, window, stride, 'same');
          const x = tf.randomNormal([2, 7, 9, 3], 0, 1, 'float32', 1);
          const y = tf.randomNormal(pool(x).shape, 0, 1, 'float32', 2);
          expect(innerProduct(pool(x), y)).toBeCloseTo(innerProduct(x, tf.grad(pool)(x, y)), 3);
        });
      });
    },
  );
});

/** The loss and its gradients by x and weights, on a backend of tfjs. */
async function evaluateOn(
  backend: EngineName | 'cpu',
  loss: (x: tf.Tensor4D, weights: tf.Tensor2D) => tf.Tensor,
): Promise<number[][]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const random = createRandom(7);
  const results = tf.tidy(() => {
    // Rounded to eighths, so that max pooling meets ties.
    const x = tf.tensor4d(
      Float32Array.from({ length: 2 * 7 * 9 * 6 }, () => Math.round(random.normal() * 8) / 8),
      [2, 7, 9, 6],
    );
    const weights = tf.tensor2d(
      Float32Array.from({ length: 36 }, () => random.normal()),
      [6, 6],
    );
    // A vanishing share of the weights keeps them part of losses that use none.
    const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) =>
      tf.add<tf.Scalar>(loss(a as tf.Tensor4D, b as tf.Tensor2D), tf.mul(0, tf.sum(b))),
    )([x, weights]);
    return [value, ...grads].map((tensor) => Array.from(tensor.dataSync()));
  });
  expect(tf.memory().numTensors).toBe(before);
  return results;
}

function innerProduct(a: tf.Tensor, b: tf.Tensor): number {
  return tf.sum(tf.mul(a, b)).dataSync()[0];
}
