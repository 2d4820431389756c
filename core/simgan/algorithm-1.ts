import * as tf from '@tensorflow/tfjs-core';
import { GREY_LEVELS_PER_UNIT } from '../base/image-batch.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { buildDiscriminator } from './discriminator.ts';
import { createHistoryBuffer, type HistoryBits, type HistoryBuffer } from './history-buffer.ts';
import {
  discriminatorLoss,
  lossScale,
  patchAccuracy,
  patchCrossEntropy,
  realismLoss,
  refinerLoss,
  selfRegularization,
} from './losses.ts';
import type { Network } from './network.ts';
import { createOptimizer, type Optimizer } from './optimizer.ts';
import { buildRefiner } from './refiner.ts';

/** Both networks with all that changes while they train, apart from the data cursors. */
export interface SimGan {
  /** Replaced as a whole when a setting changes; the shape of the networks never does. */
  config: TrainingConfig;
  readonly refiner: Network;
  readonly discriminator: Network;
  readonly refinerOptimizer: Optimizer;
  readonly discriminatorOptimizer: Optimizer;
  /** Undefined in the ablation without history. */
  readonly history: HistoryBuffer | undefined;
  /** Draws for the history buffer. */
  historyRandom: Random;
  dispose(): void;
}

/** Scalars measured during one update, by metric name, still on the device; empty unless asked for. */
export type DeviceMeasures = Record<string, tf.Scalar>;

export interface UpdateOptions {
  readonly learningRate: number;
  /** Whether to compute what only the record needs. */
  readonly measure: boolean;
}

/**
 * New networks and an empty buffer, which keeps images at the bits of those that are trained on; the config's seed decides
 * every initial weight.
 */
export function createSimGan(config: TrainingConfig, historyBits: HistoryBits = 8): SimGan {
  const refiner = buildRefiner(config, createRandom(config.seed, 'refiner'));
  const discriminator = buildDiscriminator(config, createRandom(config.seed, 'discriminator'));
  const refinerOptimizer = createOptimizer(config.optimizer, refiner.weights);
  const discriminatorOptimizer = createOptimizer(config.optimizer, discriminator.weights);
  return {
    config,
    refiner,
    discriminator,
    refinerOptimizer,
    discriminatorOptimizer,
    history: config.history
      ? createHistoryBuffer(
          config.historyCapacity,
          config.widthPx * config.heightPx * config.channels,
          historyBits,
        )
      : undefined,
    historyRandom: createRandom(config.seed, 'history'),
    dispose() {
      for (const part of [refiner, discriminator, refinerOptimizer, discriminatorOptimizer]) part.dispose();
    },
  };
}

/**
 * One step of the refiner on L_R (equation 1), the discriminator frozen. With `adversarial` false only
 * self-regularization counts, which is the paper's pre-training. synthetic: [b, h, w, c].
 */
export function updateRefinerOnce(
  gan: SimGan,
  synthetic: tf.Tensor4D,
  options: UpdateOptions & { readonly adversarial: boolean },
): DeviceMeasures {
  const { config, refiner, discriminator } = gan;
  return measuring((measures) => {
    const { value, grads } = tf.variableGrads(
      () => {
        const refined = refiner.apply(synthetic);
        const regularization = selfRegularization(refined, synthetic, config.psi);
        if (options.measure) Object.assign(measures, measureRefined(gan, refined, synthetic, regularization));
        if (!options.adversarial) return regularization;
        const realism = realismLoss(discriminator.apply(refined));
        if (options.measure) measures['refiner.realism'] = tf.keep(tf.clone(realism));
        return refinerLoss(realism, regularization, config);
      },
      refiner.weights.map(({ variable }) => variable),
    );
    const gradients = refiner.weights.map(({ variable }) => grads[variable.name]);
    gan.refinerOptimizer.apply(gradients, options.learningRate);
    if (options.measure) {
      measures['refiner.loss'] = perPatch(value, options.adversarial, config);
      measures['refiner.gradientNorm'] = globalNorm(gradients);
    }
  });
}

/**
 * One step of the discriminator on L_D (equation 2), the refiner frozen. `current` [n, h, w, c] comes from the
 * refiner as it is, `past` from the history buffer (undefined while it fills, or without history), real: [b, h, w, c].
 */
export function updateDiscriminatorOnce(
  gan: SimGan,
  current: tf.Tensor4D,
  past: tf.Tensor4D | undefined,
  real: tf.Tensor4D,
  options: UpdateOptions,
): DeviceMeasures {
  const { config, discriminator } = gan;
  return measuring((measures) => {
    const { grads } = tf.variableGrads(
      () => {
        // One pass over everything keeps the kernels large.
        const logits = discriminator.apply(tf.concat4d(past ? [real, current, past] : [real, current], 0));
        const counts = past
          ? [real.shape[0], current.shape[0], past.shape[0]]
          : [real.shape[0], current.shape[0]];
        const [ofReal, ofCurrent, ofPast] = tf.split(logits, counts) as (tf.Tensor4D | undefined)[];
        if (!ofReal || !ofCurrent) throw new Error('The discriminator lost a part of its batch.');
        const ofRefined = ofPast ? tf.concat4d([ofCurrent, ofPast], 0) : ofCurrent;
        if (options.measure) {
          Object.assign(measures, {
            'discriminator.loss': tf.keep(
              tf.mul(0.5, tf.add(patchCrossEntropy(ofRefined, 'refined'), patchCrossEntropy(ofReal, 'real'))),
            ),
            'discriminator.accuracyReal': tf.keep(patchAccuracy(ofReal, 'real')),
            'discriminator.accuracyRefined': tf.keep(patchAccuracy(ofCurrent, 'refined')),
            ...(ofPast ? { 'discriminator.accuracyHistory': tf.keep(patchAccuracy(ofPast, 'refined')) } : {}),
          });
        }
        return discriminatorLoss(ofRefined, ofReal, config);
      },
      discriminator.weights.map(({ variable }) => variable),
    );
    const gradients = discriminator.weights.map(({ variable }) => grads[variable.name]);
    gan.discriminatorOptimizer.apply(gradients, options.learningRate);
    if (options.measure) measures['discriminator.gradientNorm'] = globalNorm(gradients);
  });
}

/** An update in a tidy of its own, out of which only its measures come; none of them where it is left halfway. */
function measuring(update: (measures: DeviceMeasures) => void): DeviceMeasures {
  const measures: DeviceMeasures = {};
  try {
    return tf.tidy(() => {
      update(measures);
      return measures;
    });
  } catch (error) {
    tf.dispose(measures);
    throw error;
  }
}

function measureRefined(
  gan: SimGan,
  refined: tf.Tensor4D,
  synthetic: tf.Tensor4D,
  regularization: tf.Scalar,
): DeviceMeasures {
  const { effectiveLambda } = lossScale(gan.config);
  return {
    'refiner.regularization': tf.keep(tf.mul(regularization, effectiveLambda)),
    'refiner.change': tf.keep(tf.mul(tf.mean(tf.abs(tf.sub(refined, synthetic))), GREY_LEVELS_PER_UNIT)),
    'refiner.contrast': tf.keep(tf.mul(deviation(refined), GREY_LEVELS_PER_UNIT)),
  };
}

function deviation(images: tf.Tensor4D): tf.Scalar {
  const centred = tf.sub(images, tf.mean(images));
  return tf.sqrt(tf.mean(tf.square(centred)));
}

/** The optimised loss on the scale of nats per patch, whatever the reduction. */
function perPatch(loss: tf.Scalar, adversarial: boolean, config: TrainingConfig): tf.Scalar {
  const { patches, effectiveLambda } = lossScale(config);
  if (!adversarial) return tf.mul(loss, effectiveLambda);
  return config.lossReduction === 'mean' ? loss : tf.div(loss, patches);
}

function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  return tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
}
