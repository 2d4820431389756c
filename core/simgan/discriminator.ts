import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../base/random.ts';
import { parseDiscriminatorLayers } from '../contract/training-config.ts';
import { discriminatorMap, type DiscriminatorConfig } from './discriminator-map.ts';
import {
  addConvolution,
  countParameters,
  disposeWeights,
  heDeviation,
  type MetricDeclaration,
  type NamedWeight,
  type Network,
} from './network.ts';

/** The discriminator, of which the maps before its last layer can be looked at, too. */
export interface Discriminator extends Network {
  /** x [n, h, w, c] → [n, h', w', f]: what the last layer judges by. */
  features(x: tf.Tensor4D): tf.Tensor4D;
}

/** Index of the two maps: real → 0, refined → 1 (paper §2.1). */
export const REAL_MAP = 0;
export const REFINED_MAP = 1;

/**
 * The discriminator D (paper §2.2, appendix): the declared layers, each convolution with a ReLU, then a convolution
 * to two maps whose softmax is, at every place of the w×h map, the probability that the patch there is refined.
 * Returns logits [n, h', w', 2]; REFINED_MAP of the softmax is the paper's D(·).
 *
 * With the global adversarial loss the last layer sees the whole map and the output is 1×1: the paper's ablation
 * with a fully connected layer.
 */
export function buildDiscriminator(config: DiscriminatorConfig, random: Random): Discriminator {
  const layers = parseDiscriminatorLayers(config.discriminatorLayers);
  const map = discriminatorMap(config);
  const weights: NamedWeight[] = [];
  let inputs: number = config.channels;
  const steps = layers.map((layer, index) => {
    if (layer.kind === 'max-pool') {
      return (x: tf.Tensor4D) => tf.maxPool(x, layer.kernelPx, layer.stride, config.discriminatorPadding);
    }
    const convolution = addConvolution(
      weights,
      `discriminator/layer-${index + 1}`,
      {
        kernelHeight: layer.kernelPx,
        kernelWidth: layer.kernelPx,
        inputs,
        outputs: layer.features,
        stride: layer.stride,
        padding: config.discriminatorPadding,
        activation: 'relu',
        initialDeviation: heDeviation(layer.kernelPx, layer.kernelPx, inputs),
      },
      random,
    );
    inputs = layer.features;
    return convolution;
  });
  const whole = config.adversarialLoss === 'global';
  const [kernelHeight, kernelWidth] = whole ? [map.beforeLast.height, map.beforeLast.width] : [1, 1];
  const last = addConvolution(
    weights,
    'discriminator/last',
    {
      kernelHeight,
      kernelWidth,
      inputs,
      outputs: 2,
      stride: 1,
      padding: whole ? 'valid' : 'same',
      activation: 'linear',
      initialDeviation: Math.SQRT1_2 * heDeviation(kernelHeight, kernelWidth, inputs),
    },
    random,
  );

  const features = (x: tf.Tensor4D): tf.Tensor4D => steps.reduce((hidden, step) => step(hidden), x);
  return {
    name: 'discriminator',
    weights,
    parameterCount: countParameters(weights),
    metrics: discriminatorMetrics,
    features,
    apply: (x) => last(features(x)),
    dispose: () => disposeWeights(weights),
  };
}

export const discriminatorMetrics: readonly MetricDeclaration[] = [
  {
    name: 'discriminator.loss',
    label: 'Discriminator loss',
    unit: 'nats per patch; ln 2 = 0.693 is a coin toss',
    chart: 'discriminator loss',
    symbol: 'L_D (2)',
  },
  {
    name: 'discriminator.accuracyReal',
    label: 'Real recognised',
    unit: 'share of patches',
    chart: 'discriminator accuracy',
    symbol: 'D(y) < ½',
  },
  {
    name: 'discriminator.accuracyRefined',
    label: 'Refined recognised',
    unit: 'share of patches',
    chart: 'discriminator accuracy',
    symbol: 'D(x̃) > ½',
  },
  {
    name: 'discriminator.accuracyHistory',
    label: 'History recognised',
    unit: 'share of patches',
    chart: 'discriminator accuracy',
    symbol: 'D(B) > ½',
  },
  {
    name: 'discriminator.gradientNorm',
    label: 'Discriminator gradient norm',
    unit: '',
    chart: 'gradient norm',
    symbol: '‖∇φ‖₂',
  },
];
