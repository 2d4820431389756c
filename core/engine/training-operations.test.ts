import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { convolve } from './convolve.ts';
import type { EngineName } from './engine-names.ts';
import { openEngine, type Engine } from './engine.ts';
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

describe.for(await findPresentEngines())('on $name', { timeout: 60_000 }, ({ name: engineName, absence }) => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    if (absence === undefined) engine = await openEngine(engineName);
  });
  afterAll(() => engine?.dispose());

  test.runIf(absence === undefined && engineName === 'webgpu')(
    'refuses the gradient of resizing by half pixels, which it has wrong',
    () => {
      const resize = (x: tf.Tensor): tf.Tensor =>
        tf.image.resizeBilinear(x as tf.Tensor4D, [4, 4], false, true);
      expect(() => tf.grad(resize)(tf.ones([1, 2, 2, 1]))).toThrow(/half-pixel/);
    },
  );

  describe.skipIf(absence !== undefined)(
    'value and gradients agree with the plain JavaScript backend',
    () => {
      test.each(Object.keys(losses))('%s', async (name) => {
        // WebGPU takes another of several equal maxima, which is a right answer too.
        const stepsPerUnit = engineName === 'webgpu' ? 1e6 : 8;
        const here = await evaluateOn(engineName, losses[name], stepsPerUnit);
        const plain = await evaluateOn('cpu', losses[name], stepsPerUnit);
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

  describe.skipIf(absence !== undefined)('the gradient of resizing, which is linear, is its adjoint', () => {
    const methods = { nearest: tf.image.resizeNearestNeighbor, bilinear: tf.image.resizeBilinear };
    const sizes: [number, number][] = [
      [14, 18],
      [5, 4],
      [21, 20],
    ];
    const rules: [boolean, boolean][] = [
      [false, false],
      [true, false],
      ...(engineName === 'webgpu' ? [] : [[false, true] satisfies [boolean, boolean]]),
    ];
    const cases = (['nearest', 'bilinear'] as const).flatMap((method) =>
      sizes.flatMap((size) => rules.map((rule) => ({ method, size, rule }))),
    );
    test.each(cases)('$method to $size, corners and half pixels $rule', async ({ method, size, rule }) => {
      const resize = (images: tf.Tensor): tf.Tensor4D =>
        methods[method](images as tf.Tensor4D, size, ...rule);
      await expectAdjointGradient(engineName, resize);
    });
  });

  describe.skipIf(absence !== undefined)(
    'the gradient of average pooling is its adjoint, also where windows reach into the padding',
    () => {
      test.each([
        [2, 2],
        [3, 1],
        [3, 2],
      ])('window %i, stride %i', async (window, stride) => {
        const pool = (images: tf.Tensor): tf.Tensor4D =>
          tf.avgPool(images as tf.Tensor4D, window, stride, 'same');
        await expectAdjointGradient(engineName, pool);
      });
    },
  );
});

/** The loss and its gradients by x, rounded so that max pooling meets ties, and weights, on a backend of tfjs. */
async function evaluateOn(
  backend: EngineName | 'cpu',
  loss: (x: tf.Tensor4D, weights: tf.Tensor2D) => tf.Tensor,
  stepsPerUnit: number,
): Promise<number[][]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const random = createRandom(7);
  const results = tf.tidy(() => {
    const x = tf.tensor4d(
      Float32Array.from(
        { length: 2 * 7 * 9 * 6 },
        () => Math.round(random.normal() * stepsPerUnit) / stepsPerUnit,
      ),
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
    return [value, ...grads];
  });
  const values = await Promise.all(results.map(async (tensor) => Array.from(await tensor.data())));
  tf.dispose(results);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

/** Σ f(x)·y = Σ x·gradient(y) for random x and y, if `linear` is linear and its gradient right. */
async function expectAdjointGradient(
  backend: EngineName,
  linear: (images: tf.Tensor) => tf.Tensor4D,
): Promise<void> {
  await tf.setBackend(backend);
  const sums = tf.tidy(() => {
    const x = tf.randomNormal([2, 7, 9, 3], 0, 1, 'float32', 1);
    const y = tf.randomNormal(linear(x).shape, 0, 1, 'float32', 2);
    return tf.stack([tf.sum(tf.mul(linear(x), y)), tf.sum(tf.mul(x, tf.grad(linear)(x, y)))]);
  });
  const [forward, backward] = await sums.data();
  sums.dispose();
  expect(forward).toBeCloseTo(backward, 3);
}
