import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../core/base/random.ts';
import type { TrainingConfig } from '../../core/contract/training-config.ts';
import { createSimGan, type SimGan } from '../../core/simgan/algorithm-1.ts';
import { checkpointPath, readCheckpoint, restoreRun } from '../../core/simgan/checkpoint.ts';
import {
  discriminatorLoss,
  lossScale,
  realismLoss,
  refinerLoss,
  selfRegularization,
} from '../../core/simgan/losses.ts';
import type { NamedWeight } from '../../core/simgan/network.ts';
import { trainReference, type ReferenceResult } from './algorithm-1.ts';
import { noiseBatch } from './batches.ts';
import { largestWeightError, noiseImages, referenceCases, referenceRuns, relativeError } from './cases.ts';
import * as reference from './losses.ts';
import { mapsOf } from './maps.ts';
import { trainOnNoise, type TrainingRecord } from './training.ts';
import { weightsOf } from './weights.ts';

/** How far the open engine, in float32, is from the reference in float64: see `relativeError` for the unit. */
export interface LossErrors {
  /** R(x), and D of it. */
  readonly refined: number;
  readonly logits: number;
  /** The largest over the refiner's loss, with and without its adversarial part, and the discriminator's. */
  readonly loss: number;
  /** The largest over the gradients of these three by every weight. */
  readonly gradient: number;
}

export interface RunErrors {
  /** Of each weight's whole way from its start, beyond what rounding the weight itself to float32 explains. */
  readonly way: number;
  /** Of the moments of both optimizers. */
  readonly moments: number;
  /** Of the losses that every step recorded. */
  readonly recorded: number;
  /** Of the images in the history buffer, in [−1, 1], absolute; Infinity where their number differs. */
  readonly history: number;
  /** Digest of every bit of the last checkpoint's weights and moments. */
  readonly fingerprint: string;
}

const IMAGES = 3;

/** Forward passes, every loss and every gradient of one configuration's networks. */
export async function measureLosses(config: TrainingConfig): Promise<LossErrors> {
  const gan = createSimGan(config);
  // Biases and the identity start's last layer begin at zero, where mistakes would not show.
  for (const { weights } of [gan.refiner, gan.discriminator]) disturb(weights);
  const shape = [IMAGES, config.heightPx, config.widthPx, config.channels] as const;
  const [synthetic, real] = ['synthetic', 'real'].map((name) => noiseImages(config, IMAGES, name));
  const [x, y] = [tf.tensor4d(synthetic, [...shape]), tf.tensor4d(real, [...shape])];
  try {
    const refiner = await weightsOf(gan.refiner.weights);
    const discriminator = await weightsOf(gan.discriminator.weights);
    const ofRefiner = (adversarial: boolean) =>
      reference.refinerLoss(config, refiner, discriminator, mapsOf(shape, synthetic), adversarial);
    const expected = {
      adversarial: ofRefiner(true),
      pretraining: ofRefiner(false),
      discriminator: reference.discriminatorLoss(
        config,
        discriminator,
        mapsOf(shape, synthetic),
        mapsOf(shape, real),
      ),
    };
    const forward = tf.tidy(() => {
      const refined = gan.refiner.apply(x);
      return { refined, logits: gan.discriminator.apply(refined) };
    });
    const errors = {
      refined: relativeError(await forward.refined.data(), expected.adversarial.refined.values),
      logits: relativeError(await forward.logits.data(), expected.adversarial.logits.values),
    };
    tf.dispose([forward.refined, forward.logits]);
    const compared = [
      await compare(gan.refiner.weights, expected.adversarial, () => lossOfRefiner(gan, x, true)),
      await compare(gan.refiner.weights, expected.pretraining, () => lossOfRefiner(gan, x, false)),
      await compare(gan.discriminator.weights, expected.discriminator, () =>
        discriminatorLoss(gan.discriminator.apply(x), gan.discriminator.apply(y), config),
      ),
    ];
    return {
      ...errors,
      loss: worst(compared.map(({ loss }) => loss)),
      gradient: worst(compared.map(({ gradient }) => gradient)),
    };
  } finally {
    tf.dispose([x, y]);
    gan.dispose();
  }
}

function lossOfRefiner(gan: SimGan, x: tf.Tensor4D, adversarial: boolean): tf.Scalar {
  const refined = gan.refiner.apply(x);
  const regularization = selfRegularization(refined, x, gan.config.psi);
  if (!adversarial) return regularization;
  return refinerLoss(realismLoss(gan.discriminator.apply(refined)), regularization, gan.config);
}

async function compare(
  weights: readonly NamedWeight[],
  expected: { readonly value: number; readonly gradients: ReadonlyMap<string, Float64Array> },
  loss: () => tf.Scalar,
): Promise<{ readonly loss: number; readonly gradient: number }> {
  const { value, grads } = tf.variableGrads(
    loss,
    weights.map(({ variable }) => variable),
  );
  const gradients = await weightsOf(
    weights.map(({ name, variable }) => ({ name, variable: grads[variable.name] })),
  );
  const errors = {
    loss: relativeError(await value.data(), [expected.value]),
    gradient: largestWeightError(gradients, expected.gradients),
  };
  tf.dispose([value, grads]);
  return errors;
}

/** Moves every weight away from where it starts. */
export function disturb(weights: readonly NamedWeight[]): void {
  const random = createRandom(11, 'disturb');
  for (const { variable } of weights) {
    tf.tidy(() => {
      const noise = Float32Array.from({ length: variable.size }, () => 0.1 * random.normal());
      variable.assign(tf.add(variable, tf.tensor(noise, variable.shape)));
    });
  }
}

/**
 * Every optimizer with and without history, then the other networks. What starts as a copy of its input has changes of
 * nothing but rounding, whose signs are not comparable; there the realism loss alone must do.
 */
export const parityRuns = [
  ...referenceRuns,
  ...referenceCases.slice(1).map(({ name, config }) => ({
    name,
    config: config.refinerStart === 'identity' ? { ...config, lambda: 0, refinerPretrainSteps: 0 } : config,
  })),
];

/** Algorithm 1 from pre-training to step 3, by the program in `runFolder` and by the reference. */
export async function measureRun(config: TrainingConfig, runFolder: string): Promise<RunErrors> {
  const initial = createSimGan(config);
  const start = {
    refiner: await weightsOf(initial.refiner.weights),
    discriminator: await weightsOf(initial.discriminator.weights),
  };
  initial.dispose();
  let [synthetic, real] = [0, 0];
  const expected = trainReference(config, {
    ...start,
    nextSynthetic: () => noiseBatch(config, 'synthetic', synthetic++).images,
    nextReal: () => noiseBatch(config, 'real', real++).images,
  });

  // As the reference keeps them: at 8 bits, last digits decide which of two levels a pixel falls to.
  const { record, ended } = await trainOnNoise(config, { runFolder, historyBits: 16 });
  const { step } = await ended;
  const checkpoint = await readCheckpoint(checkpointPath(runFolder, step));
  const saved = (name: string) => Float64Array.from(checkpoint.file.tensors.get(name)?.values ?? []);
  const ways = (['refiner', 'discriminator'] as const).flatMap((network) =>
    [...expected[network]].map(([name, { values }]) =>
      wayError(start[network].get(name)?.values ?? new Float64Array(), saved(name), values),
    ),
  );
  const moments = [...expected.slots].map(([name, values]) => relativeError(saved(name), values));
  const gan = createSimGan(config, 16);
  await restoreRun(gan, checkpoint, runFolder);
  const history = historyError(gan, expected.history);
  gan.dispose();
  const digest = createHash('sha256');
  for (const [name, { values }] of [...checkpoint.file.tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    digest.update(name).update(new Uint8Array(Float32Array.from(values).buffer));
  }
  return {
    way: worst(ways),
    moments: worst([0, ...moments]),
    recorded: recordedError(config, record, expected),
    history,
    fingerprint: digest.digest('hex'),
  };
}

/** What the roundings of a weight to float32 may add, relative to the weight: one for each of 8 updates. */
const ROUNDING = 8 * 2 ** -24;

function wayError(from: Float64Array, to: Float64Array, expected: Float64Array): number {
  const way = (values: Float64Array): Float64Array => values.map((value, at) => value - from[at]);
  const rounding = (ROUNDING * largest(from)) / largest(way(expected));
  return relativeError(way(to), way(expected)) - rounding;
}

/** Every step records the last update of each network. */
function recordedError(config: TrainingConfig, record: TrainingRecord, expected: ReferenceResult): number {
  const { effectiveLambda } = lossScale(config);
  const errors = Array.from({ length: config.steps }, (_, index) => index + 1).flatMap((step) => {
    const values = record.metrics.find((metrics) => metrics.step === step)?.values ?? {};
    const ofRefiner = expected.refinerLosses[config.refinerPretrainSteps + step * config.kg - 1];
    const ofDiscriminator =
      expected.discriminatorLosses[config.discriminatorPretrainSteps + step * config.kd - 1];
    return [
      relativeError([values['refiner.realism']], [ofRefiner.realism]),
      relativeError([values['refiner.regularization']], [effectiveLambda * ofRefiner.regularization]),
      relativeError(
        [values['discriminator.loss']],
        [(ofDiscriminator.ofRefined + ofDiscriminator.ofReal) / 2],
      ),
    ];
  });
  return worst(errors);
}

function historyError({ history }: SimGan, expected: readonly Float64Array[]): number {
  if ((history?.size() ?? 0) !== expected.length) return Infinity;
  if (!history) return 0;
  const size = expected[0].length;
  const images = new Float32Array(expected.length * size);
  const slots = history.sample(expected.length, createRandom(1), images);
  return worst(
    [...slots].flatMap((slot, index) =>
      [...expected[slot]].map((value, at) => Math.abs(images[index * size + at] - value)),
    ),
  );
}

const largest = (values: Float64Array): number => Math.max(...values.map(Math.abs));

/** NaN where one is, so that no comparison with a tolerance can pass. */
function worst(errors: readonly number[]): number {
  return errors.reduce((most, error) => (error > most || Number.isNaN(error) ? error : most), -Infinity);
}
