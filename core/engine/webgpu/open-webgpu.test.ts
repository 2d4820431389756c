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
});
