import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { openEngine } from '../engine.ts';
import { findPresentEngines } from '../present-engines.ts';

const { absence } = (await findPresentEngines()).find(({ name }) => name === 'webgpu') ?? {};

describe.skipIf(absence !== undefined)('the webgpu engine', { timeout: 60_000 }, () => {
  test('makes the loss of its device known, gives no values after it, and can be opened again', async () => {
    const engine = await openEngine('webgpu');
    // Large enough that the backend does not keep it on the processor.
    const sum = tf.add(tf.ones([4096]), 1);
    (tf.backend() as unknown as { device: { destroy(): void } }).device.destroy();
    expect(await engine.lost).toMatch(/destroyed/);
    await expect(sum.data()).rejects.toThrow();
    await expect(tf.add(sum, 1).data()).rejects.toThrow();
    engine.dispose();

    const again = await openEngine('webgpu');
    expect(Array.from(await tf.add(tf.ones([2]), 1).data())).toEqual([2, 2]);
    again.dispose();
  });

  test('gives no values after a command that the device refused', async () => {
    const engine = await openEngine('webgpu');
    const sum = tf.add(tf.ones([4096]), 1);
    expect((await sum.data())[0]).toBe(2);
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    device.createBuffer({ size: 16, usage: 0xffff });
    expect(await engine.lost).toMatch(/^it refused a command \(.*65535/);
    await expect(tf.add(sum, 1).data()).rejects.toMatchObject({ code: 'engine' });
    engine.dispose();
  });

  test('adds more terms than a program of a GPU can read', async () => {
    const engine = await openEngine('webgpu');
    for (const count of [7, 8, 13, 14, 40]) {
      const before = tf.memory().numTensors;
      const terms = Array.from({ length: count }, (_, index) => tf.fill([4096], index));
      const sum = tf.addN(terms);
      expect((await sum.data())[4095]).toBe((count * (count - 1)) / 2);
      tf.dispose([sum, terms]);
      expect(tf.memory().numTensors).toBe(before);
    }
    engine.dispose();
  });
});
