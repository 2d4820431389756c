import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { drawEyes } from './drawn-eyes.ts';
import { trainGazeEstimator } from './gaze-estimator.ts';

const SIZE = { heightPx: 18, widthPx: 28 };

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

describe('gaze estimator', { timeout: 60_000 }, () => {
  it('learns where drawn eyes look, far better than a constant, and gives unit vectors', async () => {
    const before = tf.memory().numTensors;
    const training = drawEyes({ count: 400, seed: 1, ...SIZE });
    const test = drawEyes({ count: 100, seed: 2, ...SIZE });
    const estimator = await trainGazeEstimator(training.images, training.gazeVectors, { epochs: 8 });
    const predicted = await estimator.predict(test.images);
    estimator.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(predicted).toHaveLength(300);
    for (let index = 0; index < 100; index++) {
      expect(Math.hypot(...predicted.subarray(3 * index, 3 * index + 3))).toBeCloseTo(1, 5);
    }
    const constant = Float32Array.from({ length: 300 }, (_, index) => (index % 3 === 2 ? -1 : 0));
    expect(meanErrorDeg(constant, test.gazeVectors)).toBeGreaterThan(15);
    expect(meanErrorDeg(predicted, test.gazeVectors)).toBeLessThan(6);
  });

  it('is the same for the same seed and another for another', async () => {
    const { images, gazeVectors } = drawEyes({ count: 40, seed: 3, ...SIZE });
    const augmentation = { shiftPx: 1, contrast: 0.1, brightness: 0.1 };
    const predict = async (seed: number): Promise<Float32Array> => {
      const estimator = await trainGazeEstimator(images, gazeVectors, { epochs: 2, seed, augmentation });
      const predicted = await estimator.predict(images);
      estimator.dispose();
      return predicted;
    };
    const first = await predict(1);
    expect(await predict(1)).toEqual(first);
    expect(await predict(2)).not.toEqual(first);
  });

  it('has the shape of the paper on request: 9600 numbers before the dense layers at 55×35', async () => {
    const convolutions = 9 * (32 + 32 * 32 + 32 * 64 + 64 * 80 + 80 * 192) + 32 + 32 + 64 + 80 + 192;
    const dense = 9600 * 1000 + 1000 + 1000 * 3 + 3;
    const { images, gazeVectors } = drawEyes({ count: 2, seed: 4 });
    // Untrained: the shape is what counts, and ten million weights would take seconds.
    const config = { size: 'paper', epochs: 0 } as const;
    const estimator = await trainGazeEstimator(images, gazeVectors, config);
    expect(estimator.parameterCount).toBe(convolutions + dense);
    expect(await estimator.predict(images)).toHaveLength(6);
    estimator.dispose();
    const tiny = drawEyes({ count: 2, seed: 4, ...SIZE });
    await expect(trainGazeEstimator(tiny.images, tiny.gazeVectors, config)).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('28×18') as unknown,
    });
  });

  it('stops when asked, keeping no tensor', async () => {
    const before = tf.memory().numTensors;
    const { images, gazeVectors } = drawEyes({ count: 64, seed: 5, ...SIZE });
    const stop = new AbortController();
    let steps = 0;
    const onProgress = (): void => {
      steps += 1;
      if (steps === 3) stop.abort();
    };
    const training = trainGazeEstimator(
      images,
      gazeVectors,
      { batchSize: 16 },
      { signal: stop.signal, onProgress },
    );
    await expect(training).rejects.toMatchObject({ code: 'cancelled' });
    expect(steps).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('explains what it cannot do', async () => {
    const { images, gazeVectors } = drawEyes({ count: 8, seed: 6, ...SIZE });
    await expect(trainGazeEstimator(images, gazeVectors.subarray(3))).rejects.toThrow(RangeError);
    const nothing = { ...images, count: 0, images: new Float32Array() };
    await expect(trainGazeEstimator(nothing, new Float32Array())).rejects.toMatchObject({
      code: 'bad-usage',
    });
    const broken = { ...images, images: images.images.map(() => Number.NaN) };
    await expect(trainGazeEstimator(broken, gazeVectors)).rejects.toThrow(/diverged/);
    const estimator = await trainGazeEstimator(images, gazeVectors, { epochs: 1 });
    await expect(estimator.predict(drawEyes({ count: 1, seed: 1 }).images)).rejects.toThrow(
      /28×18×1.*55×35×1/,
    );
    estimator.dispose();
  });
});

function meanErrorDeg(predicted: Float32Array, truth: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < truth.length; index += 3) {
    const dot = [0, 1, 2].reduce((total, axis) => total + predicted[index + axis] * truth[index + axis], 0);
    sum += (Math.acos(Math.min(1, dot)) * 180) / Math.PI;
  }
  return sum / (truth.length / 3);
}
