import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectImages, type ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { trainTripwire, type Tripwire } from '../estimators/label-tripwire.ts';
import { simulateEyes } from '../estimators/simulated-eyes.fixture.ts';
import { changeTone } from '../estimators/tone-change.ts';
import { applyToneCurve, fitToneCurve } from './histogram-match.ts';
import { createInspector, type Inspection, type InspectionSet, type Inspector } from './inspection.ts';

const REAL_EYES = resolve(import.meta.dirname, '../../../shared/data/mpiigaze-crops');

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

/** Images as a camera of another kind would take them: flat, dark, noisy, all in one way. */
function asCamera(batch: ImageBatch, seed: number): ImageBatch {
  const random = createRandom(seed, 'camera');
  return { ...batch, images: batch.images.map((value) => 0.5 * value - 0.3 + 0.1 * random.normal()) };
}

function mix(from: ImageBatch, to: ImageBatch, share: number): ImageBatch {
  return { ...from, images: from.images.map((value, place) => value + share * (to.images[place] - value)) };
}

describe('inspection with keypoints', { timeout: 120_000 }, () => {
  const training = simulateEyes(240, 1);
  const eyes = simulateEyes(40, 2);
  const real = asCamera(simulateEyes(60, 3).images, 1);
  const set: InspectionSet = { synthetic: eyes.images, labels: eyes.keypoints, real };
  let tripwire: Tripwire;
  let inspector: Inspector;
  beforeAll(async () => {
    tripwire = await trainTripwire(training.images, training.keypoints, { seed: 1, steps: 150 });
    inspector = await createInspector(set, tripwire, { seed: 1 });
  }, 120_000);
  afterAll(() => {
    inspector.dispose();
    tripwire.dispose();
  });

  it('sees neither drift nor gain where nothing changed', async () => {
    const { metrics, score } = await inspector.inspect(eyes.images);
    expect(metrics).toMatchObject({
      'labels.driftMedian': 0,
      'labels.driftP95': 0,
      'labels.noiseFloor': 0,
      'labels.displacementLost': 0,
      'labels.preservation': 1,
      'realism.gain': 0,
      'realism.diversity': 1,
    });
    expect(metrics['labels.displacementP95']).toBeLessThan(1e-6);
    expect(metrics['realism.contrastCorrelation']).toBeCloseTo(1, 6);
    expect(metrics['realism.kernelDistance']).toBe(metrics['realism.kernelDistanceSynthetic']);
    expect(score).toBe(0);
    expect(inspector.metrics.map(({ name }) => name).toSorted()).toEqual(Object.keys(metrics).toSorted());
    expect(inspector.metrics.find(({ name }) => name === 'labels.driftP95')?.unit).toBe('px');
  });

  it('reads movements of 1, 2 and 3 px within half a pixel, and trusts labels less beyond the budget', async () => {
    const trusted: (number | undefined)[] = [];
    for (const [x, y] of [
      [1, 0],
      [0, 2],
      [-3, 0],
    ]) {
      const { metrics } = await inspector.inspect(eyes.moved(x, y));
      expect(Math.abs(metrics['labels.driftMedian'] - Math.hypot(x, y)), `moved by ${x}, ${y}`).toBeLessThan(
        0.5,
      );
      expect(Math.abs(metrics['labels.displacementMedian'] - Math.hypot(x, y))).toBeLessThan(0.5);
      trusted.push(metrics['labels.preservation']);
    }
    expect(trusted[0]).toBe(1);
    expect(trusted[2]).toBeLessThan(0.6);
  });

  it('reads next to no drift where only tone, noise or the tones of the real images came', async () => {
    const toned = changeTone(eyes.images, createRandom(5));
    const matched = applyToneCurve(eyes.images, fitToneCurve(eyes.images, real));
    for (const changed of [toned, matched]) {
      const { metrics } = await inspector.inspect(changed);
      expect(metrics['labels.driftMedian']).toBeLessThan(0.5);
      expect(metrics['labels.driftP95']).toBeLessThan(1);
      expect(metrics['labels.noiseFloor']).toBeGreaterThan(0.1);
      expect(metrics['labels.preservation']).toBe(1);
    }
  });

  it('ranks refiners by how far they go toward the real images', async () => {
    const goal = asCamera(eyes.images, 2);
    const inspected: Inspection[] = [];
    for (const share of [0.25, 0.5, 1])
      inspected.push(await inspector.inspect(mix(eyes.images, goal, share)));
    const scores = inspected.map(({ score }) => score ?? Number.NaN);
    expect(scores).toEqual(scores.toSorted((left, right) => left - right));
    expect(scores[0]).toBeGreaterThan(0);
    expect(scores[2]).toBeGreaterThan(0.9);
    expect(inspected[2].metrics['realism.contrastRatio']).toBeCloseTo(1, 1);
    expect(inspected[2].metrics['realism.histogramDistance']).toBeLessThan(
      inspected[0].metrics['realism.histogramDistance'] / 2,
    );
  });

  it('sees collapse and inversion', async () => {
    const collapsed = await inspector.inspect(selectImages(eyes.images, new Array<number>(40).fill(0)));
    expect(collapsed.metrics['realism.diversity']).toBeLessThan(0.01);
    const negative = { ...eyes.images, images: eyes.images.images.map((value) => -value) };
    const inverted = await inspector.inspect(negative);
    expect(inverted.metrics['realism.contrastCorrelation']).toBeCloseTo(-1, 6);
    expect(inverted.metrics['realism.diversity']).toBeCloseTo(1, 6);
    expect(inverted.metrics).toMatchObject({ 'labels.displacementLost': 1 });
    expect(inverted.metrics).not.toHaveProperty('labels.displacementMedian');
  });

  it('gives the same numbers again, and keeps no tensor', async () => {
    const tensorsBefore = tf.memory().numTensors;
    const refined = asCamera(eyes.images, 4);
    const again = await createInspector(set, tripwire, { seed: 1 });
    expect(await again.inspect(refined)).toEqual(await inspector.inspect(refined));
    again.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  it('does not ask a tripwire that has learned nothing, and says so', async () => {
    const blind = await trainTripwire(training.images, training.keypoints, {
      seed: 1,
      steps: 1,
      learningRate: 0,
    });
    const without = await createInspector(set, blind, { seed: 1 });
    expect(without.caveats).toEqual([expect.stringContaining('has learned too little')]);
    const { metrics } = await without.inspect(eyes.moved(3, 0));
    expect(metrics).not.toHaveProperty('labels.driftP95');
    expect(metrics['labels.preservation']).toBeLessThan(0.6);
    without.dispose();
    blind.dispose();
  });

  it('refuses sets that do not belong together, and stops when asked', async () => {
    await expect(inspector.inspect(selectImages(eyes.images, [0]))).rejects.toThrow(/40 images/);
    await expect(inspector.inspect(eyes.images, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const fewReal = { ...set, real: selectImages(real, [0]) };
    await expect(createInspector(fewReal, tripwire, { seed: 1 })).rejects.toMatchObject({
      code: 'bad-usage',
    });
    const otherSize = { ...set, real: drawEyes({ count: 4, seed: 1, widthPx: 40 }).images };
    await expect(createInspector(otherSize, tripwire, { seed: 1 })).rejects.toThrow(RangeError);
    const otherLabels = { ...set, synthetic: selectImages(eyes.images, [0, 1, 2]) };
    await expect(createInspector(otherLabels, tripwire, { seed: 1 })).rejects.toThrow(RangeError);
  });
});

describe('inspection without labels', { timeout: 60_000 }, () => {
  it('judges by the displacement of structure', async () => {
    const synthetic = drawEyes({ count: 20, seed: 1 }).images;
    const real = drawEyes({ count: 20, seed: 2, style: 'camera' }).images;
    const inspector = await createInspector({ synthetic, labels: undefined, real }, undefined, { seed: 1 });
    expect(inspector.metrics.some(({ name }) => name.startsWith('labels.drift'))).toBe(false);
    const refined = (irisShift: [number, number]): ImageBatch =>
      drawEyes({ count: 20, seed: 1, style: 'camera', irisShift }).images;
    const kept = await inspector.inspect(refined([0, 0]));
    const moved = await inspector.inspect(refined([3, 0]));
    inspector.dispose();
    expect(kept.metrics['labels.preservation']).toBe(1);
    expect(moved.metrics['labels.displacementMedian']).toBeGreaterThan(2);
    expect(moved.score).toBeLessThan((kept.score ?? 0) / 1.5);
  });
});

describe.skipIf(!existsSync(REAL_EYES))(
  'kernel distance on real eyes (../shared/data/mpiigaze-crops)',
  () => {
    it('sees no difference between two halves of the real eyes, and much to rendered ones', async () => {
      const names = readdirSync(REAL_EYES).filter((name) => name.endsWith('.png'));
      const pictures = names.map((name) => decode(readFileSync(join(REAL_EYES, name))));
      const { width: widthPx, height: heightPx } = pictures[0];
      const images = new Float32Array(pictures.length * widthPx * heightPx);
      for (const [index, { data }] of pictures.entries()) {
        images.set(
          Float32Array.from(data, (level) => level / 127.5 - 1),
          index * widthPx * heightPx,
        );
      }
      const eyes = { images, count: pictures.length, heightPx, widthPx, channels: 1 };
      const half = (rest: number): ImageBatch =>
        selectImages(
          eyes,
          names.flatMap((_, index) => (index % 2 === rest ? [index] : [])),
        );
      const synthetic = simulateEyes(72, 5).images;
      const inspector = await createInspector({ synthetic, labels: undefined, real: half(0) }, undefined, {
        seed: 1,
      });
      const { metrics } = await inspector.inspect(half(1));
      inspector.dispose();
      expect(metrics['realism.kernelDistanceSynthetic']).toBeGreaterThan(1);
      expect(Math.abs(metrics['realism.kernelDistance'])).toBeLessThan(
        0.05 * metrics['realism.kernelDistanceSynthetic'],
      );
      expect(metrics['realism.contrastRatio']).toBeCloseTo(1, 1);
    });
  },
);
