import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { trainImageClassifier } from './image-classifier.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

/** Colour images of stripes: class 0 upright, 1 level, 2 none, in noise. */
function drawStripes(count: number, seed: number): { images: ImageBatch; classes: Uint8Array } {
  const random = createRandom(seed, 'stripes');
  const side = 12;
  const classes = Uint8Array.from({ length: count }, (_, index) => index % 3);
  const images = Float32Array.from({ length: count * side * side * 3 }, (_, place) => {
    const pixel = Math.floor(place / 3) % (side * side);
    const along =
      classes[Math.floor(place / (side * side * 3))] === 0 ? pixel % side : Math.floor(pixel / side);
    const amplitude = classes[Math.floor(place / (side * side * 3))] === 2 ? 0 : 0.5;
    return Math.max(-1, Math.min(1, amplitude * Math.sin(1.6 * along) + 0.3 * random.normal()));
  });
  return { images: { images, count, heightPx: side, widthPx: side, channels: 3 }, classes };
}

describe('image classifier', { timeout: 60_000 }, () => {
  it('tells classes apart, gives probabilities and keeps no tensor', async () => {
    const before = tf.memory().numTensors;
    const training = drawStripes(240, 1);
    const test = drawStripes(60, 2);
    const classifier = await trainImageClassifier(training.images, training.classes, 3);
    const probabilities = await classifier.predict(test.images);
    classifier.dispose();
    expect(tf.memory().numTensors).toBe(before);
    let correct = 0;
    test.classes.forEach((wanted, index) => {
      const row = probabilities.subarray(3 * index, 3 * index + 3);
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      if (row.indexOf(Math.max(...row)) === wanted) correct += 1;
    });
    expect(correct).toBeGreaterThan(54);
  });

  it('refuses labels that do not fit', async () => {
    const { images, classes } = drawStripes(6, 1);
    await expect(trainImageClassifier(images, classes, 2)).rejects.toThrow(RangeError);
    await expect(trainImageClassifier(images, classes.subarray(1), 3)).rejects.toThrow(/6 images/);
    const nothing = { ...images, count: 0, images: new Float32Array() };
    await expect(trainImageClassifier(nothing, new Uint8Array(), 3)).rejects.toMatchObject({
      code: 'bad-usage',
    });
  });
});
