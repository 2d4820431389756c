import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { relativeError } from '../../test/reference/cases.ts';
import { createReferenceOptimizer } from '../../test/reference/optimizers.ts';
import { weightsOf } from '../../test/reference/weights.ts';
import { createOptimizer } from './optimizer.ts';

/** Float32 against float64 over 50 updates, relative to the largest value. */
const TOLERANCE = 5e-6;

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

describe.each(['sgd', 'momentum', 'adam'] as const)('%s', (kind) => {
  test('steps weights and moments as the reference does, and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const random = createRandom(1);
    const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
    const shapes = { filter: [2, 3, 2], bias: [5] };
    const weights = Object.entries(shapes).map(([name, shape]) => ({
      name,
      variable: tf.tidy(() => tf.variable(tf.tensor(normals(tf.util.sizeFromShape(shape)), shape))),
    }));
    const optimizer = createOptimizer(kind, weights);
    const reference = createReferenceOptimizer(kind);
    const expected = await weightsOf(weights);
    for (let update = 0; update < 50; update++) {
      const gradients = weights.map(({ variable }) => normals(variable.size));
      tf.tidy(() => {
        optimizer.apply(
          gradients.map((values, index) => tf.tensor(values, weights[index].variable.shape)),
          0.01,
        );
      });
      const named = weights.map(({ name }, index) => [name, Float64Array.from(gradients[index])] as const);
      reference.apply(expected, new Map(named), 0.01);
    }
    for (const { name, variable } of weights) {
      expect(relativeError(variable.dataSync(), expected.get(name)?.values ?? [])).toBeLessThan(TOLERANCE);
    }
    expect(optimizer.slots.map(({ name }) => name).sort()).toEqual([...reference.slots.keys()].sort());
    for (const { name, variable } of optimizer.slots) {
      expect(relativeError(variable.dataSync(), reference.slots.get(name) ?? [])).toBeLessThan(TOLERANCE);
    }
    expect(optimizer.updates).toBe(50);
    optimizer.dispose();
    for (const { variable } of weights) variable.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('the first step of Adam has the length of the learning rate, whatever the gradient', () => {
  const variable = tf.variable(tf.tensor1d([1, 1, 1]));
  const optimizer = createOptimizer('adam', [{ name: 'w', variable }]);
  tf.tidy(() => optimizer.apply([tf.tensor1d([1e-3, -5, 0])], 0.1));
  expect(relativeError(variable.dataSync(), [0.9, 1.1, 1])).toBeLessThan(1e-4);
  optimizer.dispose();
  variable.dispose();
});
