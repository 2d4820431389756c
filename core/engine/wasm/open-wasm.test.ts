import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { convolve } from '../convolve.ts';
import { openEngine } from '../engine.ts';

/** One update of a two-layer network by plain gradient descent; the new weights, bit by bit. */
function updateOnce(): number[] {
  return tf.tidy(() => {
    const images = tf.randomNormal<tf.Rank.R4>([4, 35, 55, 1], 0, 1, 'float32', 1);
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
    const gradients = tf.grads(loss)(weights);
    return gradients.flatMap((gradient, index) =>
      Array.from(new Uint32Array(tf.sub(weights[index], gradient).dataSync().buffer)),
    );
  });
}

describe('the embedded engine', () => {
  test('computes on the threads that it was given, bit for bit the same however many', async () => {
    const results: number[][] = [];
    for (const threads of [1, 2, 3]) {
      const engine = await openEngine('wasm', { threads });
      expect(engine.device).toBe(threads === 1 ? 'CPU, 1 thread' : `CPU, ${threads} threads`);
      results.push(updateOnce(), updateOnce());
      engine.dispose();
    }
    for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  });

  test('keeps no memory of past steps', async () => {
    const engine = await openEngine('wasm', { threads: 2 });
    const heapBytes = (): number =>
      (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
    for (let step = 0; step < 5; step++) updateOnce();
    const before = { heap: heapBytes(), tensors: tf.memory().numTensors };
    for (let step = 0; step < 40; step++) updateOnce();
    expect({ heap: heapBytes(), tensors: tf.memory().numTensors }).toEqual(before);
    engine.dispose();
  });

  test('does not keep a finished program alive', async () => {
    const program = `
      import { openEngine } from ${JSON.stringify(new URL('../engine.ts', import.meta.url).href)};
      const engine = await openEngine('wasm', { threads: 2 });
      console.log(engine.device);
    `;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      timeout: 20_000,
    });
    expect((await run).stdout).toBe('CPU, 2 threads\n');
  });
});
