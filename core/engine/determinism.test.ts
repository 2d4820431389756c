import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { convolve } from './convolve.ts';
import { openEngine } from './engine.ts';
import { findPresentEngines } from './present-engines.ts';

/** The weights of a two-layer network after one update by plain gradient descent, bit by bit. */
async function updateOnce(): Promise<number[]> {
  const updated = tf.tidy(() => {
    const images = tf.randomNormal<tf.Rank.R4>([2, 35, 55, 1], 0, 1, 'float32', 1);
    const weights = [
      tf.randomNormal([3, 3, 1, 24], 0, 0.3, 'float32', 2),
      tf.zeros([24]),
      tf.randomNormal([3, 3, 24, 16], 0, 0.1, 'float32', 3),
      tf.zeros([16]),
    ];
    const loss = (...[first, firstBias, second, secondBias]: tf.Tensor[]): tf.Scalar => {
      const options = { padding: 'same', activation: 'relu' } as const;
      const hidden = convolve(images, first as tf.Tensor4D, firstBias as tf.Tensor1D, {
        ...options,
        stride: 1,
      });
      const map = convolve(hidden, second as tf.Tensor4D, secondBias as tf.Tensor1D, {
        ...options,
        stride: 2,
      });
      return tf.mean(tf.square(tf.maxPool(map, 3, 1, 'same')));
    };
    return tf
      .grads(loss)(weights)
      .map((gradient, index) => tf.sub(weights[index], gradient));
  });
  const values = await Promise.all(updated.map((weight) => weight.data()));
  tf.dispose(updated);
  return values.flatMap((value) => Array.from(new Uint32Array(Float32Array.from(value).buffer)));
}

describe.for(await findPresentEngines())('the engine $name', { timeout: 60_000 }, ({ name, absence }) => {
  test.skipIf(absence !== undefined)(
    'gives the same bits again where it promises so, and keeps no tensors',
    async () => {
      const engine = await openEngine(name);
      const first = await updateOnce();
      const tensors = tf.memory().numTensors;
      if (engine.deterministic) {
        // A GPU that is simulated on the processor takes seconds for one.
        for (let run = 0; run < (name === 'webgpu' ? 1 : 5); run++) expect(await updateOnce()).toEqual(first);
      }
      expect(tf.memory().numTensors).toBe(tensors);
      engine.dispose();
    },
  );
});

describe('the embedded engine', { timeout: 60_000 }, () => {
  test('computes on the threads that it was given, bit for bit the same however many', async () => {
    const results: number[][] = [];
    for (const threads of [1, 2, 3]) {
      const engine = await openEngine('wasm', { threads });
      expect(engine.device).toBe(threads === 1 ? 'CPU, 1 thread' : `CPU, ${threads} threads`);
      results.push(await updateOnce());
      engine.dispose();
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });

  test('does not grow its memory from step to step', async () => {
    const engine = await openEngine('wasm', { threads: 2 });
    const heapBytes = (): number =>
      (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
    for (let step = 0; step < 5; step++) await updateOnce();
    const before = heapBytes();
    for (let step = 0; step < 20; step++) await updateOnce();
    expect(heapBytes()).toBe(before);
    engine.dispose();
  });
});
