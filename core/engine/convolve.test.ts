import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import { convolve } from './convolve.ts';
import { openEngine, type Engine } from './engine.ts';
import { findPresentEngines } from './present-engines.ts';
import { largestErrorOf } from './probe/correctness.ts';
import type { ConvolutionCase } from './reference-convolution.ts';

describe.for(await findPresentEngines())('convolve on $name', ({ name, absence }) => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    if (absence === undefined) engine = await openEngine(name);
  });
  afterAll(() => engine?.dispose());

  const sides = fc.constantFrom(1, 2, 3, 5, 7);
  const cases: fc.Arbitrary<ConvolutionCase> = fc
    .record({
      images: fc.integer({ min: 1, max: 3 }),
      height: fc.integer({ min: 1, max: 12 }),
      width: fc.integer({ min: 1, max: 12 }),
      inputs: fc.constantFrom(1, 2, 3, 5, 8),
      outputs: fc.constantFrom(1, 2, 3, 8, 9),
      filterHeight: sides,
      filterWidth: sides,
      stride: fc.integer({ min: 1, max: 3 }),
      padding: fc.constantFrom('same', 'valid'),
      activation: fc.constantFrom('linear', 'relu'),
    })
    .filter(({ stride, filterHeight, filterWidth }) => stride <= Math.min(filterHeight, filterWidth))
    .filter(
      (shape) =>
        shape.padding === 'same' || (shape.height >= shape.filterHeight && shape.width >= shape.filterWidth),
    );

  test.skipIf(absence !== undefined)(
    'agrees with the float64 reference, forward and in all three gradients, and leaks nothing',
    async () => {
      await fc.assert(
        fc.asyncProperty(cases, fc.integer(), async (shape, seed) => {
          const before = tf.memory().numTensors;
          expect(await largestErrorOf(shape, seed)).toBeLessThan(2e-5);
          expect(tf.memory().numTensors).toBe(before);
        }),
        // WebGPU compiles programs for every new shape.
        { numRuns: propertyRuns(name === 'webgpu' ? 30 : 300) },
      );
    },
  );

  test.skipIf(absence !== undefined)('refuses a stride that leaves pixels out', () => {
    expect(() =>
      tf.tidy(() =>
        convolve(tf.zeros([1, 6, 6, 1]), tf.zeros([1, 3, 1, 1]), tf.zeros([1]), {
          stride: 2,
          padding: 'same',
          activation: 'linear',
        }),
      ),
    ).toThrow(RangeError);
  });

  test.skipIf(absence !== undefined)('agrees with the reference at the size of an eye', async () => {
    const shape = {
      images: 2,
      height: 35,
      width: 55,
      inputs: 16,
      outputs: 16,
      filterHeight: 3,
      filterWidth: 3,
    };
    const worst = await largestErrorOf({ ...shape, stride: 1, padding: 'same', activation: 'relu' }, 1);
    expect(worst).toBeLessThan(1e-4);
  });

  test.skipIf(absence !== undefined)('computes no gradient that nobody asked for', async () => {
    const [x, filter, bias] = [tf.ones([1, 5, 5, 2]), tf.ones([3, 3, 2, 4]), tf.ones([4])];
    const loss = (input: tf.Tensor, weights: tf.Tensor) =>
      tf.sum(
        convolve(input as tf.Tensor4D, weights as tf.Tensor4D, bias as tf.Tensor1D, {
          stride: 1,
          padding: 'same',
          activation: 'relu',
        }),
      );
    const kernelsOf = async (run: () => tf.Tensor): Promise<string[]> => (await tf.profile(run)).kernelNames;
    const byInput = await kernelsOf(() => tf.grad((input) => loss(input, filter))(x));
    expect(byInput).toContain(tf.Conv2DBackpropInput);
    expect(byInput).not.toContain(tf.Conv2DBackpropFilter);
    const byFilter = await kernelsOf(() => tf.grad((weights) => loss(x, weights))(filter));
    expect(byFilter).toContain(tf.Conv2DBackpropFilter);
    expect(byFilter).not.toContain(tf.Conv2DBackpropInput);
  });
});
