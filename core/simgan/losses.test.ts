import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { noiseImages, presetNamed, referenceCases, relativeError } from '../../test/reference/cases.ts';
import { disturb, measureLosses } from '../../test/reference/engine-parity.ts';
import * as reference from '../../test/reference/losses.ts';
import { imagesBetween, mapsOf } from '../../test/reference/maps.ts';
import { weightsOf, type Weights } from '../../test/reference/weights.ts';
import { createSimGan, type SimGan } from './algorithm-1.ts';
import {
  lossScale,
  patchAccuracy,
  patchCrossEntropy,
  refinedProbability,
  selfRegularization,
} from './losses.ts';

/** Of float32 against float64, in units of the largest value of each array (see `relativeError`). */
const FORWARD_TOLERANCE = 2e-6;
const GRADIENT_TOLERANCE = 1e-5;
/** Of central differences in float64. */
const DIFFERENCE_TOLERANCE = 1e-7;

const IMAGES = 3;

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

describe.each(referenceCases)('$name', ({ config }) => {
  let gan: SimGan;
  let refiner: Weights;
  let discriminator: Weights;
  const shape = [IMAGES, config.heightPx, config.widthPx, config.channels] as const;
  const synthetic = noiseImages(config, IMAGES, 'synthetic');
  const real = noiseImages(config, IMAGES, 'real');

  beforeAll(async () => {
    gan = createSimGan(config);
    for (const { weights } of [gan.refiner, gan.discriminator]) disturb(weights);
    refiner = await weightsOf(gan.refiner.weights);
    discriminator = await weightsOf(gan.discriminator.weights);
  });
  afterAll(() => gan.dispose());

  test('networks, losses and gradients by every weight are those of the reference', async () => {
    const errors = await measureLosses(config);
    expect(errors.refined).toBeLessThan(FORWARD_TOLERANCE);
    expect(errors.logits).toBeLessThan(FORWARD_TOLERANCE);
    expect(errors.loss).toBeLessThan(FORWARD_TOLERANCE);
    expect(errors.gradient).toBeLessThan(GRADIENT_TOLERANCE);
  });

  test('the reference itself agrees with finite differences', () => {
    const [x, y] = [synthetic, real].map((images) => imagesBetween(mapsOf(shape, images), 0, 1));
    const ofRefiner = (weights: Weights) => reference.refinerLoss(config, weights, discriminator, x);
    const ofDiscriminator = (weights: Weights) => reference.discriminatorLoss(config, weights, x, y);
    for (const [weights, loss] of [
      [refiner, ofRefiner],
      [discriminator, ofDiscriminator],
    ] as const) {
      const { gradients } = loss(weights);
      const worst = finiteDifferenceError(weights, gradients, (changed) => loss(changed).value);
      expect(worst).toBeLessThan(DIFFERENCE_TOLERANCE);
    }
  });

  test('the scale says how the refiner loss weighs its two terms', () => {
    const { patches, features, effectiveLambda } = lossScale(config);
    const expected = reference.refinerLoss(config, refiner, discriminator, mapsOf(shape, synthetic));
    expect(features).toBe(reference.featureCount(mapsOf(shape, synthetic), config.psi));
    expect(patches).toBe(expected.logits.height * expected.logits.width);
    const perPatch = expected.realism + effectiveLambda * expected.regularization;
    const factor = config.lossReduction === 'sum' ? patches : 1;
    expect(relativeError([factor * perPatch], [expected.value])).toBeLessThan(1e-12);
  });
});

describe('each term by itself, with its gradient', () => {
  const colour = { seed: 9, widthPx: 6, heightPx: 5, channels: 3 } as const;
  const shape = [IMAGES, 5, 6, 3] as const;

  test.each(['identity', 'derivatives', 'channel-mean'] as const)('self-regularization, ψ %s', (psi) => {
    const [refined, synthetic] = ['refined', 'synthetic'].map((name) => noiseImages(colour, IMAGES, name));
    const expected = reference.selfRegularization(mapsOf(shape, refined), mapsOf(shape, synthetic), psi);
    tf.tidy(() => {
      const x = tf.tensor4d(synthetic, [...shape]);
      const { value, grad } = tf.valueAndGrad((image: tf.Tensor) =>
        selfRegularization(image as tf.Tensor4D, x, psi),
      )(tf.tensor4d(refined, [...shape]));
      expect(relativeError(value.dataSync(), [expected.value])).toBeLessThan(FORWARD_TOLERANCE);
      expect(relativeError(grad.dataSync(), expected.gradient)).toBeLessThan(FORWARD_TOLERANCE);
    });
  });

  test.each(['real', 'refined'] as const)('cross-entropy of patches that should be %s', (label) => {
    const random = createRandom(6);
    const logits = Float32Array.from({ length: 2 * 3 * 4 * 2 }, () => 4 * random.normal());
    const expected = reference.patchCrossEntropy(mapsOf([2, 3, 4, 2], logits), label);
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((map: tf.Tensor) =>
        patchCrossEntropy(map as tf.Tensor4D, label),
      )(tf.tensor4d(logits, [2, 3, 4, 2]));
      expect(relativeError(value.dataSync(), [expected.value])).toBeLessThan(FORWARD_TOLERANCE);
      expect(relativeError(grad.dataSync(), expected.gradient)).toBeLessThan(FORWARD_TOLERANCE);
    });
  });
});

describe('losses in figures', () => {
  test('an undecided discriminator costs ln 2 per patch, a sure one next to nothing or its logits’ distance', () => {
    tf.tidy(() => {
      const undecided = tf.zeros<tf.Rank.R4>([2, 3, 5, 2]);
      for (const label of ['real', 'refined'] as const) {
        expect(patchCrossEntropy(undecided, label).dataSync()[0]).toBeCloseTo(Math.LN2, 6);
      }
      const sureOfReal = tf.tile(tf.tensor4d([200, -100], [1, 1, 1, 2]), [2, 3, 5, 1]);
      expect(patchCrossEntropy(sureOfReal, 'real').dataSync()[0]).toBeCloseTo(0, 6);
      expect(patchCrossEntropy(sureOfReal, 'refined').dataSync()[0]).toBeCloseTo(300, 3);
    });
  });

  test('D(·) is the probability of being refined, and accuracy counts patches on the right side', () => {
    tf.tidy(() => {
      const logits = tf.tensor4d([0, 2, 3, 1, -1, 1, 0, -4], [1, 2, 2, 2]);
      const probability = (real: number, refined: number) => 1 / (1 + Math.exp(real - refined));
      const expected = [probability(0, 2), probability(3, 1), probability(-1, 1), probability(0, -4)];
      expect(relativeError(refinedProbability(logits).dataSync(), expected)).toBeLessThan(1e-6);
      expect(patchAccuracy(logits, 'refined').dataSync()[0]).toBe(0.5);
      expect(patchAccuracy(logits, 'real').dataSync()[0]).toBe(0.5);
      expect(patchAccuracy(tf.mul(logits, [1, 9]), 'refined').dataSync()[0]).toBe(0.75);
    });
  });

  test('self-regularization pulls at no pixel that has not changed', () => {
    tf.tidy(() => {
      const synthetic = tf.tensor4d([0.5, 0.5, 0.5, 0.5], [1, 2, 2, 1]);
      const refined = tf.tensor4d([0.5, 0.7, 0.1, 0.5], [1, 2, 2, 1]);
      const gradient = tf.grad((image) => selfRegularization(image as tf.Tensor4D, synthetic, 'identity'))(
        refined,
      );
      expect([...gradient.dataSync()]).toEqual([0, 0.25, -0.25, 0]);
      for (const psi of ['identity', 'derivatives', 'channel-mean'] as const) {
        const atRest = tf.grad((image) => selfRegularization(image as tf.Tensor4D, synthetic, psi))(
          synthetic,
        );
        expect([...atRest.dataSync()]).toEqual([0, 0, 0, 0]);
      }
    });
  });

  /** The weights of mean |x̃ − x| against the mean cross-entropy per patch, counted from other programs' code. */
  test.each([
    {
      what: 'the paper’s sums, 126 patches',
      lambda: 1,
      lossReduction: 'sum',
      padding: 'same',
      expected: 15.3,
    },
    {
      what: 'the paper’s sums, 36 patches',
      lambda: 1,
      lossReduction: 'sum',
      padding: 'valid',
      expected: 53.5,
    },
    {
      what: 'sums within an image, λ 0.5',
      lambda: 0.5,
      lossReduction: 'sum',
      padding: 'same',
      expected: 7.6,
    },
    {
      what: 'sums within an image, λ 0.1',
      lambda: 0.1,
      lossReduction: 'sum',
      padding: 'same',
      expected: 1.5,
    },
    { what: 'means, λ 0.5', lambda: 0.5, lossReduction: 'mean', padding: 'same', expected: 0.5 },
    { what: 'means, λ 10', lambda: 10, lossReduction: 'mean', padding: 'same', expected: 10 },
  ] as const)('effective λ: $what', ({ lambda, lossReduction, padding, expected }) => {
    const eye = presetNamed('paper-eye');
    const { effectiveLambda } = lossScale({
      ...eye,
      lambda,
      lossReduction,
      discriminatorPadding: padding,
    });
    expect(Math.abs(effectiveLambda - expected)).toBeLessThanOrEqual(0.051);
  });

  test('effective λ of the sum is λ · features / patches for every ψ', () => {
    const colour = { ...presetNamed('paper-eye'), channels: 3, lambda: 2, lossReduction: 'sum' } as const;
    const effective = (psi: 'identity' | 'derivatives' | 'channel-mean') =>
      lossScale({ ...colour, psi }).effectiveLambda;
    expect(effective('identity')).toBeCloseTo((2 * 35 * 55 * 3) / 126, 10);
    expect(effective('channel-mean')).toBeCloseTo((2 * 35 * 55) / 126, 10);
    expect(effective('derivatives')).toBeCloseTo((2 * 3 * (35 * 54 + 34 * 55)) / 126, 10);
  });
});

/**
 * The largest deviation of any weight's slope along a random direction, which has a part of every one of its values, from
 * the central difference, relative to the gradient's length.
 */
function finiteDifferenceError(
  weights: Weights,
  gradients: ReadonlyMap<string, Float64Array>,
  loss: (weights: Weights) => number,
): number {
  const step = 1e-6;
  const random = createRandom(5, 'directions');
  const errors = [...weights].map(([name, weight]) => {
    const gradient = gradients.get(name) ?? new Float64Array();
    const normals = weight.values.map(() => random.normal());
    const direction = normals.map((value) => value / Math.hypot(...normals));
    const lossAt = (distance: number): number => {
      const values = weight.values.map((value, at) => value + distance * direction[at]);
      return loss(new Map([...weights, [name, { ...weight, values }]]));
    };
    const slope = direction.reduce((sum, value, at) => sum + value * gradient[at], 0);
    const difference = (lossAt(step) - lossAt(-step)) / (2 * step);
    return Math.abs(slope - difference) / Math.hypot(...gradient);
  });
  return Math.max(...errors);
}
