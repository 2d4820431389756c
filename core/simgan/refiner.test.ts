import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { presetNamed } from '../../test/reference/cases.ts';
import { buildRefiner, type RefinerConfig } from './refiner.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

const small: RefinerConfig = {
  channels: 1,
  refinerFeatures: 4,
  refinerBlocks: 4,
  refinerKernelPx: 3,
  refinerStart: 'random',
};

describe('refiner', () => {
  test.each([
    ['paper-eye', 296_129],
    ['paper-hand', 4_018_625],
  ])('has the paper’s number of parameters for %s: %d', (name, parameters) => {
    const refiner = buildRefiner(presetNamed(name), createRandom(1));
    expect(refiner.parameterCount).toBe(parameters);
    refiner.dispose();
  });

  test.each([
    ['of the paper’s eyes', small, 19],
    ['of the paper’s hands', { ...small, refinerFeatures: 2, refinerBlocks: 10, refinerKernelPx: 7 }, 127],
  ] as const)('sees as far as the sum of its filters: the patch %s', (_, config, receptiveFieldPx) => {
    const refiner = buildRefiner(config, createRandom(2));
    const side = receptiveFieldPx + 4;
    const middle = (side - 1) / 2;
    tf.tidy(() => {
      // Filters without negative values let every pixel through to every other that can see it.
      for (const { variable } of refiner.weights) variable.assign(tf.abs(variable));
      const columns = Float32Array.from({ length: side }, (_, column) => (column === middle ? 1 : 0));
      const picture = (value: number) =>
        tf.tensor4d(
          columns.map((bit) => bit * value),
          [1, 1, side, 1],
        );
      // Kept small, so that tanh does not saturate.
      const leave = refiner.weights.at(-2)?.variable;
      leave?.assign(tf.mul(leave, 1e-4));
      const change = tf.abs(tf.sub(refiner.apply(picture(1)), refiner.apply(picture(0)))).dataSync();
      const reached = [...change.keys()].filter((column) => change[column] > 0);
      expect(reached.length).toBe(receptiveFieldPx);
      expect(reached[0]).toBe(middle - (receptiveFieldPx - 1) / 2);
    });
    refiner.dispose();
  });

  test('with an identity start gives its input back, but for the outermost tenth of a grey level', () => {
    const refiner = buildRefiner({ ...small, channels: 3, refinerStart: 'identity' }, createRandom(3));
    tf.tidy(() => {
      const x = tf.tensor4d(
        Float32Array.from({ length: 5 * 7 * 3 }, (_, at) => -1 + at / 52),
        [1, 5, 7, 3],
      );
      const change = tf.max(tf.abs(tf.sub(refiner.apply(x), x))).dataSync()[0];
      expect(change).toBeLessThan(0.00101);
      const inside = tf.clipByValue(x, -0.99, 0.99);
      expect(tf.max(tf.abs(tf.sub(refiner.apply(inside), inside))).dataSync()[0]).toBeLessThan(2e-6);
    });
    refiner.dispose();
  });

  test('starts neither vanished nor saturated at the paper’s depth', () => {
    const refiner = buildRefiner({ ...small, refinerFeatures: 16, refinerBlocks: 10 }, createRandom(4));
    tf.tidy(() => {
      const random = createRandom(5);
      const x = tf.tensor4d(
        Float32Array.from({ length: 20 * 20 }, () => random.range(-1, 1)),
        [1, 20, 20, 1],
      );
      const share = tf.mean(tf.abs(refiner.apply(x))).dataSync()[0];
      expect(share).toBeGreaterThan(0.05);
      expect(share).toBeLessThan(0.95);
    });
    refiner.dispose();
  });

  test('the same seed gives the same weights, another seed others; disposing leaves nothing', () => {
    const before = tf.memory().numTensors;
    const [first, twin, other] = [6, 6, 7].map((seed) => {
      const refiner = buildRefiner(small, createRandom(seed));
      const values = refiner.weights.map(({ variable }) => variable.dataSync());
      refiner.dispose();
      return values;
    });
    expect(twin).toEqual(first);
    expect(other).not.toEqual(first);
    expect(tf.memory().numTensors).toBe(before);
  });
});
