import type { TrainingConfig } from '../../core/contract/training-config.ts';
import { concatenate, imagesBetween, type Maps } from './maps.ts';
import { discriminatorPass, refinerPass } from './networks.ts';
import type { WeightGradients, Weights } from './weights.ts';

/** A loss and its gradient by what it was computed from. */
export interface ReferenceLoss {
  readonly value: number;
  readonly gradient: Float64Array;
}

/**
 * −log softmax(logits)[class], averaged over images and patches; logits [n, h, w, 2], class 0 real and 1 refined (the
 * terms of equations 2 and 3). The gradient is by the logits.
 */
export function patchCrossEntropy(logits: Maps, label: 'real' | 'refined'): ReferenceLoss {
  const patches = logits.count * logits.height * logits.width;
  const gradient = new Float64Array(logits.values.length);
  const target = label === 'real' ? 0 : 1;
  let value = 0;
  for (let patch = 0; patch < patches; patch++) {
    const pair = [logits.values[2 * patch], logits.values[2 * patch + 1]];
    const top = Math.max(...pair);
    const total = Math.exp(pair[0] - top) + Math.exp(pair[1] - top);
    value += (top + Math.log(total) - pair[target]) / patches;
    pair.forEach((logit, map) => {
      const probability = Math.exp(logit - top) / total;
      gradient[2 * patch + map] = (probability - (map === target ? 1 : 0)) / patches;
    });
  }
  return { value, gradient };
}

/** ψ of one image's difference: its features as weighted sums of its values. */
type Feature = readonly (readonly [at: number, factor: number])[];

function featuresOf({ height, width, channels }: Maps, psi: TrainingConfig['psi']): Feature[] {
  const at = (row: number, column: number, channel: number): number =>
    (row * width + column) * channels + channel;
  const features: Feature[] = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const channelIndices = Array.from({ length: channels }, (_, channel) => channel);
      if (psi === 'channel-mean') {
        features.push(channelIndices.map((channel) => [at(row, column, channel), 1 / channels]));
        continue;
      }
      for (const channel of channelIndices) {
        const here = at(row, column, channel);
        if (psi === 'identity') features.push([[here, 1]]);
        if (psi === 'derivatives' && column + 1 < width)
          features.push([
            [at(row, column + 1, channel), 1],
            [here, -1],
          ]);
        if (psi === 'derivatives' && row + 1 < height)
          features.push([
            [at(row + 1, column, channel), 1],
            [here, -1],
          ]);
      }
    }
  return features;
}

/** Values that ψ gives for one image. */
export function featureCount(image: Maps, psi: TrainingConfig['psi']): number {
  return featuresOf(image, psi).length;
}

/**
 * |ψ(x̃) − ψ(x)| averaged over images and features (ℓ_reg, equation 4, up to its scale). The gradient is by x̃; where a
 * feature has not changed at all it is 0.
 */
export function selfRegularization(
  refined: Maps,
  synthetic: Maps,
  psi: TrainingConfig['psi'],
): ReferenceLoss {
  const features = featuresOf(refined, psi);
  const size = refined.height * refined.width * refined.channels;
  const terms = features.length * refined.count;
  const gradient = new Float64Array(refined.values.length);
  let value = 0;
  for (let image = 0; image < refined.count; image++)
    for (const feature of features) {
      let change = 0;
      for (const [at, factor] of feature)
        change += factor * (refined.values[image * size + at] - synthetic.values[image * size + at]);
      value += Math.abs(change) / terms;
      for (const [at, factor] of feature) gradient[image * size + at] += (factor * Math.sign(change)) / terms;
    }
  return { value, gradient };
}

export interface RefinerLoss {
  /** What is minimised. */
  readonly value: number;
  /** Mean per patch; 0 without the adversarial part. */
  readonly realism: number;
  /** Mean per feature, not weighted. */
  readonly regularization: number;
  readonly refined: Maps;
  readonly logits: Maps;
  readonly gradients: WeightGradients;
}

/**
 * L_R (equation 1) averaged over the batch, and its gradient by every weight of the refiner. Within an image both terms
 * are averaged ("mean") or summed ("sum", as the paper writes it). Without `adversarial`, the mean of ℓ_reg alone, whatever
 * the reduction and λ: pre-training.
 */
export function refinerLoss(
  config: TrainingConfig,
  refiner: Weights,
  discriminator: Weights,
  synthetic: Maps,
  adversarial = true,
): RefinerLoss {
  const refinerOutput = refinerPass(config, refiner, synthetic);
  const refined = refinerOutput.output;
  const discriminatorOutput = discriminatorPass(config, discriminator, refined);
  const logits = discriminatorOutput.output;
  const realism = patchCrossEntropy(logits, 'real');
  const regularization = selfRegularization(refined, synthetic, config.psi);

  const summed = config.lossReduction === 'sum';
  const [realismFactor, regularizationFactor] = adversarial
    ? [
        summed ? logits.height * logits.width : 1,
        config.lambda * (summed ? featureCount(refined, config.psi) : 1),
      ]
    : [0, 1];
  const towardReal = discriminatorOutput.backward(realism.gradient).input;
  const { weights: gradients } = refinerOutput.backward(
    towardReal.map((value, at) => realismFactor * value + regularizationFactor * regularization.gradient[at]),
  );
  return {
    value: realismFactor * realism.value + regularizationFactor * regularization.value,
    realism: adversarial ? realism.value : 0,
    regularization: regularization.value,
    refined,
    logits,
    gradients,
  };
}

export interface DiscriminatorLoss {
  /** What is minimised. */
  readonly value: number;
  /** Mean per patch of the two terms of equation 2. */
  readonly ofRefined: number;
  readonly ofReal: number;
  /** Of the refined images, then of the real ones. */
  readonly logits: Maps;
  readonly gradients: WeightGradients;
}

/**
 * L_D (equation 2): the term of the refined images and the term of the real ones, each averaged over its images, added;
 * and its gradient by every weight of the discriminator. Patches are averaged ("mean") or summed ("sum").
 */
export function discriminatorLoss(
  config: TrainingConfig,
  discriminator: Weights,
  refined: Maps,
  real: Maps,
): DiscriminatorLoss {
  const pass = discriminatorPass(config, discriminator, concatenate(refined, real));
  const logits = pass.output;
  const ofRefined = patchCrossEntropy(imagesBetween(logits, 0, refined.count), 'refined');
  const ofReal = patchCrossEntropy(imagesBetween(logits, refined.count, logits.count), 'real');
  const factor = config.lossReduction === 'sum' ? logits.height * logits.width : 1;
  const { weights: gradients } = pass.backward(
    Float64Array.from([...ofRefined.gradient, ...ofReal.gradient], (value) => factor * value),
  );
  return {
    value: factor * (ofRefined.value + ofReal.value),
    ofRefined: ofRefined.value,
    ofReal: ofReal.value,
    logits,
    gradients,
  };
}
