import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { realismReport, twoSampleTest } from './two-sample.ts';

const SIZE = { heightPx: 18, widthPx: 28 };
const QUICK = { steps: 15, batchSize: 32 };

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

describe('two-sample test', { timeout: 60_000 }, () => {
  it('does not tell two samples of one distribution apart', async () => {
    const before = tf.memory().numTensors;
    const [left, right] = [11, 12].map((seed) => drawEyes({ count: 150, seed, ...SIZE }).images);
    const result = await twoSampleTest(left, right, { ...QUICK, folds: 5 });
    expect(tf.memory().numTensors).toBe(before);
    expect(result.judged).toBe(300);
    expect(result.low).toBeLessThan(0.5);
    expect(result.high).toBeGreaterThan(0.5);
    expect(result.p).toBeGreaterThan(0.025);
    expect(result.caveats).toEqual([]);
  });

  it('tells shifted ones apart and takes no more images than asked', async () => {
    const left = drawEyes({ count: 120, seed: 13, ...SIZE }).images;
    const right = drawEyes({ count: 200, seed: 14, style: 'camera', ...SIZE }).images;
    const result = await twoSampleTest(left, right, { ...QUICK, imagesPerSet: 90 });
    expect(result.judged).toBe(180);
    expect(result.low).toBeGreaterThan(0.9);
    expect(result.p).toBeLessThan(1e-20);
    expect(result.caveats.join()).toContain('90 images');
  });

  it('reports realism before, after and at its floor, and repeats for a seed', async () => {
    const synthetic = drawEyes({ count: 90, seed: 15, ...SIZE }).images;
    const refined = drawEyes({ count: 90, seed: 16, style: 'camera', ...SIZE }).images;
    const real = drawEyes({ count: 120, seed: 17, style: 'camera', ...SIZE }).images;
    let last = { done: 0, total: 0 };
    const report = await realismReport({ synthetic, refined, real }, QUICK, {
      onProgress: ({ done, total = 0 }) => {
        expect(done).toBeGreaterThanOrEqual(last.done);
        last = { done, total };
      },
    });
    expect(last.done).toBe(last.total);
    expect(report.syntheticReal.low).toBeGreaterThan(0.9);
    expect(report.refinedReal.low).toBeLessThan(0.5);
    expect(report.realReal.low).toBeLessThan(0.5);
    expect([report.syntheticReal.judged, report.refinedReal.judged, report.realReal.judged]).toEqual([
      180, 180, 120,
    ]);
    expect(await twoSampleTest(refined, real, QUICK)).toEqual(report.refinedReal);
  });

  it('says what it needs', async () => {
    const eyes = drawEyes({ count: 2, seed: 1, ...SIZE }).images;
    await expect(twoSampleTest(eyes, eyes)).rejects.toMatchObject({ code: 'bad-usage' });
    const other = drawEyes({ count: 9, seed: 1 }).images;
    await expect(twoSampleTest(eyes, other)).rejects.toThrow(RangeError);
    await expect(twoSampleTest(other, other, QUICK, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
