import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../contract/training-config.ts';
import { discriminatorMap, type DiscriminatorConfig } from './discriminator-map.ts';
import { REAL_MAP, REFINED_MAP } from './discriminator.ts';

export type LossConfig = DiscriminatorConfig & Pick<TrainingConfig, 'lossReduction' | 'lambda' | 'psi'>;

/** The numbers that turn one reduction of a loss into the other. */
export interface LossScale {
  /** Places of the discriminator's map. */
  readonly patches: number;
  /** Values that ψ gives for one image. */
  readonly features: number;
  /**
   * Weight of mean |ψ(x̃) − ψ(x)| against one unit of the mean cross-entropy per patch: λ for "mean",
   * λ · features / patches for "sum". Comparable between image sizes, reductions and other programs.
   */
  readonly effectiveLambda: number;
}

export function lossScale(config: LossConfig): LossScale {
  const { patches } = discriminatorMap(config);
  const features = featureCount(config);
  const effectiveLambda =
    config.lossReduction === 'mean' ? config.lambda : (config.lambda * features) / patches;
  return { patches, features, effectiveLambda };
}

function featureCount({ heightPx, widthPx, channels, psi }: LossConfig): number {
  switch (psi) {
    case 'identity':
      return heightPx * widthPx * channels;
    case 'derivatives':
      return (heightPx * (widthPx - 1) + (heightPx - 1) * widthPx) * channels;
    case 'channel-mean':
      return heightPx * widthPx;
  }
}

/**
 * Cross-entropy of the discriminator's patches against one class (the terms of equations 2 and 3): the mean over
 * images and patches of −log p. logits [n, h, w, 2] → scalar, in nats per patch.
 */
export function patchCrossEntropy(logits: tf.Tensor4D, label: 'real' | 'refined'): tf.Scalar {
  return tf.neg(tf.mean(logProbability(logits, label)));
}

/**
 * −log(1 − D(x̃)), the refiner's realism loss ℓ_real (3) in its non-saturating form: the patches of refined images
 * should be taken for real.
 */
export function realismLoss(logitsOfRefined: tf.Tensor4D): tf.Scalar {
  return patchCrossEntropy(logitsOfRefined, 'real');
}

/**
 * Self-regularization ℓ_reg = ‖ψ(x̃) − ψ(x)‖₁ (paper §2.1) as a mean over images and features, so that it reads
 * in units of the picture: [−1, 1].
 */
export function selfRegularization(
  refined: tf.Tensor4D,
  synthetic: tf.Tensor4D,
  psi: TrainingConfig['psi'],
): tf.Scalar {
  const difference = tf.sub<tf.Tensor4D>(refined, synthetic);
  switch (psi) {
    case 'identity':
      return tf.mean(absolute(difference));
    case 'channel-mean':
      return tf.mean(absolute(tf.mean(difference, 3)));
    case 'derivatives': {
      const [count, height, width, channels] = difference.shape;
      const along = tf.sub(
        tf.slice(difference, [0, 0, 1, 0], [count, height, width - 1, channels]),
        tf.slice(difference, [0, 0, 0, 0], [count, height, width - 1, channels]),
      );
      const down = tf.sub(
        tf.slice(difference, [0, 1, 0, 0], [count, height - 1, width, channels]),
        tf.slice(difference, [0, 0, 0, 0], [count, height - 1, width, channels]),
      );
      return tf.div(tf.add(tf.sum(absolute(along)), tf.sum(absolute(down))), along.size + down.size);
    }
  }
}

/**
 * |x| with the gradient 0 at 0. The gradient of `tf.abs` is −1 there, which would brighten every pixel that the refiner
 * leaves exactly as it is: a third of them while it still is a copy of its input.
 */
function absolute(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.relu(x), tf.relu(tf.neg(x)));
}

/**
 * What the refiner minimises (equation 1, over the mean of the batch). "mean": ℓ_real per patch + λ · mean |ψ|;
 * "sum": both summed within an image, which is `patches` times the former with the effective λ.
 */
export function refinerLoss(realism: tf.Scalar, regularization: tf.Scalar, config: LossConfig): tf.Scalar {
  const { patches, effectiveLambda } = lossScale(config);
  const perPatch = tf.add<tf.Scalar>(realism, tf.mul(effectiveLambda, regularization));
  return config.lossReduction === 'mean' ? perPatch : tf.mul(patches, perPatch);
}

/** What the discriminator minimises (equation 2, over the mean of the batch): its two terms added. */
export function discriminatorLoss(
  logitsOfRefined: tf.Tensor4D,
  logitsOfReal: tf.Tensor4D,
  config: LossConfig,
): tf.Scalar {
  const perPatch = tf.add<tf.Scalar>(
    patchCrossEntropy(logitsOfRefined, 'refined'),
    patchCrossEntropy(logitsOfReal, 'real'),
  );
  return config.lossReduction === 'mean' ? perPatch : tf.mul(lossScale(config).patches, perPatch);
}

/** The paper's D(·): probability that each patch is refined. logits [n, h, w, 2] → [n, h, w]. */
export function refinedProbability(logits: tf.Tensor4D): tf.Tensor3D {
  return tf.exp(logProbability(logits, 'refined'));
}

/** Share of patches that the discriminator puts into their class. */
export function patchAccuracy(logits: tf.Tensor4D, label: 'real' | 'refined'): tf.Scalar {
  const towardRefined = tf.greater(mapOf(logits, REFINED_MAP), mapOf(logits, REAL_MAP));
  const share = tf.mean<tf.Scalar>(tf.cast(towardRefined, 'float32'));
  return label === 'refined' ? share : tf.sub(1, share);
}

function logProbability(logits: tf.Tensor4D, label: 'real' | 'refined'): tf.Tensor3D {
  const [count, height, width] = logits.shape;
  const probabilities = tf.logSoftmax(logits, 3);
  const map = label === 'real' ? REAL_MAP : REFINED_MAP;
  return tf.reshape(tf.slice(probabilities, [0, 0, 0, map], [count, height, width, 1]), [
    count,
    height,
    width,
  ]);
}

function mapOf(logits: tf.Tensor4D, map: number): tf.Tensor4D {
  const [count, height, width] = logits.shape;
  return tf.slice(logits, [0, 0, 0, map], [count, height, width, 1]);
}
