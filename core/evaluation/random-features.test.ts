import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageBatch } from '../base/image-batch.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { createRandomFeatures } from './random-features.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

describe('random features', () => {
  // More than one part of what is computed at once.
  const eyes = drawEyes({ count: 150, seed: 1 }).images;

  it('are the same from every network, in order, and keep no tensor', async () => {
    const tensorsBefore = tf.memory().numTensors;
    const [one, other] = [createRandomFeatures(1), createRandomFeatures(1)];
    const all = await one.extract(eyes);
    expect(all).toMatchObject({ count: 150, width: 224 });
    const last: ImageBatch = { ...eyes, count: 1, images: eyes.images.subarray(149 * 55 * 35) };
    expect((await other.extract(last)).values).toEqual(all.values.subarray(149 * 224));
    one.dispose();
    other.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  it('grow in proportion with contrast, as a network without biases does', async () => {
    const network = createRandomFeatures(1);
    const few = { ...eyes, count: 4, images: eyes.images.slice(0, 4 * 55 * 35) };
    const flatter = { ...few, images: few.images.map((value) => value / 2) };
    const [full, half] = [(await network.extract(few)).values, (await network.extract(flatter)).values];
    network.dispose();
    expect(Math.max(...full)).toBeGreaterThan(0.1);
    for (const [place, value] of full.entries()) expect(half[place]).toBeCloseTo(value / 2, 4);
  });

  it('stop when asked', async () => {
    const network = createRandomFeatures(1);
    await expect(network.extract(eyes, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    network.dispose();
  });
});
