import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { compareCategoryTraining, compareGazeTraining } from './downstream.ts';

const SIZE = { heightPx: 18, widthPx: 28 };

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

/** A perfect refiner: the synthetic eyes as the camera would have seen them. */
function drawSets(count: number) {
  const synthetic = drawEyes({ count, seed: 1, ...SIZE });
  return {
    synthetic: synthetic.images,
    refined: drawEyes({ count, seed: 1, style: 'camera', ...SIZE }).images,
    real: drawEyes({ count: 60, seed: 2, style: 'camera', ...SIZE }).images,
    gazeVectors: synthetic.gazeVectors,
  };
}

const test = drawEyes({ count: 80, seed: 3, style: 'camera', ...SIZE });

describe('downstream comparison', { timeout: 60_000 }, () => {
  it('shows what a perfect refiner gains in gaze error over synthetic images and over a constant', async () => {
    const before = tf.memory().numTensors;
    const comparison = await compareGazeTraining(drawSets(250), test, {
      seeds: [1, 2],
      training: { epochs: 8 },
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(comparison.rows.map(({ trainedOn }) => trainedOn)).toEqual([
      'synthetic',
      'histogram-matched',
      'refined',
    ]);
    const [synthetic, , refined] = comparison.rows;
    expect(refined.meanErrorDeg.bySeed).toHaveLength(2);
    expect(refined.meanErrorDeg.mean).toBeLessThan(synthetic.meanErrorDeg.mean);
    expect(refined.meanErrorDeg.mean).toBeLessThan(0.7 * comparison.constant.meanErrorDeg);
    expect(refined.medianErrorDeg.mean).toBeLessThan(refined.meanErrorDeg.mean);
    expect(refined.meanErrorDeg.deviation).toBeGreaterThan(0);
    expect(comparison).toMatchObject({ trainingCount: 250, testCount: 80 });
  });

  it('shows the accuracy of categories beside the most frequent one', async () => {
    const sets = drawSets(200);
    /** Looks to the left of the image, to the right, or neither. */
    const categoriesOf = (gazeVectors: Float32Array): Uint16Array =>
      Uint16Array.from({ length: gazeVectors.length / 3 }, (_, index) => {
        const x = gazeVectors[3 * index];
        return x < -0.2 ? 0 : x > 0.2 ? 1 : 2;
      });
    const comparison = await compareCategoryTraining(
      { ...sets, categories: categoriesOf(sets.gazeVectors), categoryCount: 3 },
      { images: test.images, categories: categoriesOf(test.gazeVectors) },
      { seeds: [1], training: { epochs: 6 } },
    );
    expect(comparison.constantAccuracy).toBeLessThan(0.5);
    expect(comparison.rows[2].accuracy.mean).toBeGreaterThan(0.75);
    expect(comparison.rows[2].accuracy.deviation).toBe(0);
  });

  it('says what is missing', async () => {
    const sets = drawSets(4);
    const nothing = { images: { ...test.images, count: 0, images: new Float32Array() } };
    await expect(
      compareGazeTraining(sets, { ...nothing, gazeVectors: new Float32Array() }),
    ).rejects.toMatchObject({ code: 'bad-usage', remedy: expect.stringContaining('labels') as unknown });
    await expect(
      compareGazeTraining(sets, { images: test.images, gazeVectors: new Float32Array(3) }),
    ).rejects.toThrow(/80 test images/);
    await expect(compareGazeTraining({ ...sets, refined: sets.real }, test)).rejects.toThrow(/60 refined/);
  });
});
