import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectImages, type ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import { readSafeTensors, writeSafeTensors } from '../base/safetensors.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { shiftImages, type Shift } from './augmentation.ts';
import { drawEyes } from './drawn-eyes.ts';
import { loadTripwire, trainTripwire, type Tripwire } from './label-tripwire.ts';
import { simulateEyes } from './simulated-eyes.fixture.ts';
import { changeTone } from './tone-change.ts';
import type { TripwireLabels } from './tripwire-labels.ts';

const SMALL = { heightPx: 18, widthPx: 28 };

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'simgan-tripwire-'));
});
afterAll(async () => {
  engine.dispose();
  await rm(folder, { recursive: true });
});

function median(values: Float32Array): number {
  return values.toSorted()[Math.floor(values.length / 2)];
}

describe('keypoint tripwire', { timeout: 120_000 }, () => {
  const training = simulateEyes(240, 1);
  const eyes = simulateEyes(60, 2);
  let tripwire: Tripwire;
  beforeAll(async () => {
    tripwire = await trainTripwire(training.images, training.keypoints, { seed: 1, steps: 150 });
  }, 120_000);
  afterAll(() => tripwire.dispose());

  it('finds the points of eyes that it has not seen', async () => {
    expect(tripwire.unit).toBe('px');
    expect(median(await tripwire.errors(eyes.images, eyes.keypoints))).toBeLessThan(3);
  });

  it('reads movements of 0, 1, 2 and 3 px within half a pixel', async () => {
    const before = await tripwire.predict(eyes.images);
    const same = tripwire.distances(await tripwire.predict(eyes.images), before, eyes.keypoints);
    expect(Math.max(...same)).toBe(0);
    for (const [x, y] of [
      [1, 0],
      [0, -2],
      [-3, 0],
      [2, 2],
    ]) {
      const read = tripwire.distances(await tripwire.predict(eyes.moved(x, y)), before, eyes.keypoints);
      expect(Math.abs(median(read) - Math.hypot(x, y)), `moved by ${x}, ${y}`).toBeLessThan(0.5);
    }
  });

  it('hardly minds another tone and noise', async () => {
    const before = await tripwire.predict(eyes.images);
    const after = await tripwire.predict(changeTone(eyes.images, createRandom(3)));
    expect(median(tripwire.distances(after, before, eyes.keypoints))).toBeLessThan(1.2);
  });

  it('is the very same after it was written to a file and read again', async () => {
    const tensorsBefore = tf.memory().numTensors;
    const path = join(folder, 'tripwire.safetensors');
    await writeSafeTensors(path, await tripwire.save());
    const loaded = loadTripwire(await readSafeTensors(path));
    expect(await loaded.predict(eyes.images)).toEqual(await tripwire.predict(eyes.images));
    expect(loaded.unit).toBe('px');
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  it('refuses what is no saved tripwire, keeping no tensor', async () => {
    const tensorsBefore = tf.memory().numTensors;
    const saved = await tripwire.save();
    const refusal = (metadata: Record<string, string>, tensors = saved.tensors): unknown => {
      try {
        return loadTripwire({ tensors, metadata });
      } catch (error) {
        return error;
      }
    };
    expect(refusal({})).toMatchObject({ code: 'too-new' });
    expect(refusal({ ...saved.metadata, shape: '{}' })).toMatchObject({ code: 'bad-input' });
    expect(refusal(saved.metadata, new Map([...saved.tensors].slice(1)))).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('layer-1/filter') as unknown,
    });
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });
});

describe('gaze tripwire', { timeout: 120_000 }, () => {
  const gazeOf = (gazeVectors: Float32Array): TripwireLabels => ({ kind: 'gaze', vectors: gazeVectors });

  it('reads in degrees how far an iris has moved, and little where the whole eye did', async () => {
    const tensorsBefore = tf.memory().numTensors;
    const training = drawEyes({ count: 200, seed: 1, ...SMALL });
    const tripwire = await trainTripwire(training.images, gazeOf(training.gazeVectors), {
      seed: 1,
      steps: 180,
    });
    expect(tripwire.unit).toBe('°');
    const eyes = drawEyes({ count: 60, seed: 2, ...SMALL });
    const labels = gazeOf(eyes.gazeVectors);
    expect(median(await tripwire.errors(eyes.images, labels))).toBeLessThan(5);
    const before = await tripwire.predict(eyes.images);
    const read = async (moved: ImageBatch): Promise<number> =>
      median(tripwire.distances(await tripwire.predict(moved), before, labels));
    for (const irisShift of [
      [1, 0],
      [-1, 0],
      [0, 1],
    ] as const) {
      const moved = drawEyes({ count: 60, seed: 2, ...SMALL, irisShift }).images;
      // Drawn at 15 · 18/35 px · sin(angle) from the middle, an iris turns by 7.4° for each pixel.
      expect(Math.abs((await read(moved)) - 7.4), `iris moved by ${irisShift.join()}`).toBeLessThan(2.5);
    }
    const asWhole = shiftImages(eyes.images, new Array<Shift>(60).fill([1, -1]));
    expect(await read(asWhole)).toBeLessThan(3.5);
    tripwire.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  it('is the same for the same seed and another for another', async () => {
    const { images, gazeVectors } = drawEyes({ count: 40, seed: 3, ...SMALL });
    const predict = async (seed: number): Promise<Float32Array> => {
      const tripwire = await trainTripwire(images, gazeOf(gazeVectors), { seed, steps: 4 });
      const predicted = await tripwire.predict(images);
      tripwire.dispose();
      return predicted;
    };
    const first = await predict(1);
    expect(await predict(1)).toEqual(first);
    expect(await predict(2)).not.toEqual(first);
  });

  it('takes an even part of a set that is too large for the steps', async () => {
    const { images, gazeVectors } = drawEyes({ count: 90, seed: 4, ...SMALL });
    // What is not among every third image cannot matter.
    const others = { ...images, images: images.images.slice() };
    others.images.fill(0, 18 * 28, 3 * 18 * 28);
    const totals: (number | undefined)[] = [];
    const weights = async (set: ImageBatch): Promise<unknown> => {
      const tripwire = await trainTripwire(
        set,
        gazeOf(gazeVectors),
        { seed: 1, steps: 3, batchSize: 10 },
        { onProgress: ({ total }) => void totals.push(total) },
      );
      const { tensors } = await tripwire.save();
      tripwire.dispose();
      return tensors;
    };
    expect(await weights(others)).toEqual(await weights(images));
    expect(totals).toEqual([3, 3, 3, 3, 3, 3]);
  });

  it('lets the event loop have its turns and stops when asked, keeping no tensor', async () => {
    const tensorsBefore = tf.memory().numTensors;
    const { images, gazeVectors } = drawEyes({ count: 64, seed: 5, ...SMALL });
    const stop = new AbortController();
    // Comes through only if training yields.
    setImmediate(() => stop.abort());
    const training = trainTripwire(images, gazeOf(gazeVectors), { seed: 1 }, { signal: stop.signal });
    await expect(training).rejects.toMatchObject({ code: 'cancelled' });
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  it('explains what it cannot learn from', async () => {
    const { images, gazeVectors } = drawEyes({ count: 8, seed: 6, ...SMALL });
    const broken = gazeVectors.slice();
    broken[10] = Number.NaN;
    await expect(trainTripwire(images, gazeOf(broken), { seed: 1 })).rejects.toThrow(/image 3/);
    await expect(trainTripwire(images, gazeOf(gazeVectors.subarray(3)), { seed: 1 })).rejects.toThrow(
      RangeError,
    );
    const tiny = drawEyes({ count: 8, seed: 6, heightPx: 6, widthPx: 9 });
    await expect(trainTripwire(tiny.images, gazeOf(tiny.gazeVectors), { seed: 1 })).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('9×6') as unknown,
    });
    const nothing = selectImages(images, []);
    await expect(trainTripwire(nothing, gazeOf(new Float32Array()), { seed: 1 })).rejects.toMatchObject({
      code: 'bad-usage',
    });
  });
});
