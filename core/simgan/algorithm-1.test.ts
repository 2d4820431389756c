import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainingConfig } from '../contract/training-config.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { noiseImages, presetNamed, referenceCases, relativeError } from '../../test/reference/cases.ts';
import * as reference from '../../test/reference/losses.ts';
import { imagesBetween, mapsOf } from '../../test/reference/maps.ts';
import { weightsOf } from '../../test/reference/weights.ts';
import {
  createSimGan,
  updateDiscriminatorOnce,
  updateRefinerOnce,
  type DeviceMeasures,
  type SimGan,
} from './algorithm-1.ts';
import { lossScale } from './losses.ts';
import type { Network } from './network.ts';
import type { Optimizer } from './optimizer.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

const IMAGES = 4;

function images(config: TrainingConfig, name: string, count = IMAGES): tf.Tensor4D {
  const { heightPx, widthPx, channels } = config;
  return tf.tensor4d(noiseImages(config, count, name), [count, heightPx, widthPx, channels]);
}

/** Every bit of a network and of its optimizer. */
function stateOf(network: Network, optimizer: Optimizer) {
  const values = [...network.weights, ...optimizer.slots].map(({ variable }) => variable.dataSync());
  return { values, updates: optimizer.updates };
}

function updateRefiner(gan: SimGan, measure = false, adversarial = true): DeviceMeasures {
  const synthetic = images(gan.config, 'synthetic');
  const measures = updateRefinerOnce(gan, synthetic, { learningRate: 0.01, measure, adversarial });
  synthetic.dispose();
  return measures;
}

function updateDiscriminator(gan: SimGan, measure = false): DeviceMeasures {
  const [current, past] = [images(gan.config, 'current', 2), images(gan.config, 'past', 2)];
  const real = images(gan.config, 'real');
  const measures = updateDiscriminatorOnce(gan, current, past, real, { learningRate: 0.01, measure });
  tf.dispose([current, past, real]);
  return measures;
}

describe.each(referenceCases)('$name', ({ config: base }) => {
  test.each(['sgd', 'momentum', 'adam'] as const)(
    'an update of one network leaves the other and its optimizer as they were, bit for bit (%s)',
    (optimizer) => {
      const gan = createSimGan({ ...base, optimizer });
      // Once each, so that moments are not all zero.
      updateRefiner(gan);
      updateDiscriminator(gan);
      const refiner = stateOf(gan.refiner, gan.refinerOptimizer);
      const discriminator = stateOf(gan.discriminator, gan.discriminatorOptimizer);
      updateRefiner(gan);
      expect(stateOf(gan.discriminator, gan.discriminatorOptimizer)).toEqual(discriminator);
      const refinerLater = stateOf(gan.refiner, gan.refinerOptimizer);
      expect(refinerLater).not.toEqual(refiner);
      updateDiscriminator(gan);
      expect(stateOf(gan.refiner, gan.refinerOptimizer)).toEqual(refinerLater);
      expect(stateOf(gan.discriminator, gan.discriminatorOptimizer)).not.toEqual(discriminator);
      gan.dispose();
    },
  );

  test('what is recorded is what the networks declare, and agrees with the reference', async () => {
    const gan = createSimGan(base);
    // A fresh copy of its input has changes of nothing but rounding.
    updateRefiner(gan);
    updateDiscriminator(gan);
    const shapeWith = (count: number) => [count, base.heightPx, base.widthPx, base.channels] as const;
    const mapsNamed = (name: string, count: number) =>
      mapsOf(shapeWith(count), noiseImages(base, count, name));
    const { effectiveLambda } = lossScale(base);
    const x = mapsNamed('synthetic', IMAGES);
    const ofRefiner = reference.refinerLoss(
      base,
      await weightsOf(gan.refiner.weights),
      await weightsOf(gan.discriminator.weights),
      x,
    );
    const change = ofRefiner.refined.values.map((value, at) => Math.abs(value - x.values[at]));
    const expectedOfRefiner = {
      'refiner.realism': ofRefiner.realism,
      'refiner.regularization': effectiveLambda * ofRefiner.regularization,
      'refiner.loss': ofRefiner.realism + effectiveLambda * ofRefiner.regularization,
      'refiner.change': 127.5 * mean(change),
      'refiner.contrast': 127.5 * deviation(ofRefiner.refined.values),
      'refiner.gradientNorm': Math.hypot(...[...ofRefiner.gradients.values()].flatMap((g) => [...g])),
    };
    expectMeasures(updateRefiner(gan, true), expectedOfRefiner, gan.refiner);

    const [current, past] = [mapsNamed('current', 2), mapsNamed('past', 2)];
    const refined = { ...current, count: 4, values: Float64Array.of(...current.values, ...past.values) };
    const ofDiscriminator = reference.discriminatorLoss(
      base,
      await weightsOf(gan.discriminator.weights),
      refined,
      mapsNamed('real', IMAGES),
    );
    const { logits } = ofDiscriminator;
    const shareRefined = (start: number, end: number) =>
      mean(pairsOf(imagesBetween(logits, start, end).values).map(([real, fake]) => (fake > real ? 1 : 0)));
    const expectedOfDiscriminator = {
      'discriminator.loss': (ofDiscriminator.ofReal + ofDiscriminator.ofRefined) / 2,
      'discriminator.accuracyRefined': shareRefined(0, 2),
      'discriminator.accuracyHistory': shareRefined(2, 4),
      'discriminator.accuracyReal': 1 - shareRefined(4, 8),
      'discriminator.gradientNorm': Math.hypot(
        ...[...ofDiscriminator.gradients.values()].flatMap((g) => [...g]),
      ),
    };
    expectMeasures(updateDiscriminator(gan, true), expectedOfDiscriminator, gan.discriminator);
    gan.dispose();
  });

  test('pre-training moves the refiner towards a copy of its input', () => {
    const gan = createSimGan({ ...base, optimizer: 'adam' });
    const losses = Array.from({ length: 40 }, () => {
      const measures = updateRefiner(gan, true, false);
      const [loss] = measures['refiner.regularization'].dataSync();
      expect(measures['refiner.loss'].dataSync()[0]).toBeCloseTo(loss, 5);
      expect(Object.keys(measures)).not.toContain('refiner.realism');
      tf.dispose(measures);
      return loss / lossScale(base).effectiveLambda;
    });
    if (base.refinerStart === 'random') expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]);
    else expect(Math.max(...losses)).toBeLessThan(0.05);
    gan.dispose();
  });
});

test('nothing leaks over 200 steps', { timeout: 60_000 }, () => {
  const config = presetNamed('test');
  const before = tf.memory().numTensors;
  const gan = createSimGan(config);
  const [synthetic, real] = [images(config, 'synthetic'), images(config, 'real')];
  const [current, past] = [images(config, 'current', 2), images(config, 'past', 2)];
  const atStart = tf.memory();
  for (let step = 0; step < 200; step++) {
    const options = { learningRate: 0.001, measure: step % 2 === 0 };
    tf.dispose([
      updateRefinerOnce(gan, synthetic, { ...options, adversarial: step > 5 }),
      updateDiscriminatorOnce(gan, current, step > 5 ? past : undefined, real, options),
    ]);
  }
  expect(tf.memory().numTensors).toBe(atStart.numTensors);
  expect(tf.memory().numBytes).toBe(atStart.numBytes);
  tf.dispose([synthetic, real, current, past]);
  gan.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

/** Measures are those declared by the network and have the expected values; frees them. */
function expectMeasures(
  measures: DeviceMeasures,
  expected: Readonly<Record<string, number>>,
  network: Network,
): void {
  expect(Object.keys(measures).sort()).toEqual(Object.keys(expected).sort());
  expect(Object.keys(measures).sort()).toEqual(network.metrics.map(({ name }) => name).sort());
  for (const [name, value] of Object.entries(expected)) {
    expect(relativeError(measures[name].dataSync(), [value]), name).toBeLessThan(1e-5);
  }
  tf.dispose(measures);
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: Float64Array): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

function pairsOf(values: Float64Array): (readonly [number, number])[] {
  return Array.from({ length: values.length / 2 }, (_, pair) => [values[2 * pair], values[2 * pair + 1]]);
}
