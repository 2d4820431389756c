import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../base/random.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import {
  addConvolution,
  countParameters,
  disposeWeights,
  heDeviation,
  type Convolution,
  type MetricDeclaration,
  type NamedWeight,
  type Network,
} from './network.ts';

export type RefinerConfig = Pick<
  TrainingConfig,
  'channels' | 'refinerFeatures' | 'refinerBlocks' | 'refinerKernelPx' | 'refinerStart'
>;

/** Beyond this, tanh's inverse is cut off: 0.999 is 0.13 grey levels from white. */
const INVERSE_TANH_LIMIT = 0.999;

/**
 * The refiner R (paper §2.1, appendix): a convolution to `refinerFeatures` maps, ResNet blocks
 * [convolution – ReLU – convolution – (+ input) – ReLU], a 1×1 convolution to the image, tanh. Stride 1 and no
 * pooling, so the refined image has the size of its input: [n, h, w, c] in [−1, 1] → the same.
 *
 * The second convolution of each block starts smaller by √blocks, so that the sum of the blocks neither vanishes nor
 * saturates tanh (He et al. 2015, Zhang et al. 2019); the paper is silent on initial values.
 */
export function buildRefiner(config: RefinerConfig, random: Random): Network {
  const { channels, refinerFeatures: features, refinerBlocks: blocks, refinerKernelPx: kernel } = config;
  const weights: NamedWeight[] = [];
  const add = (name: string, side: number, inputs: number, outputs: number, relu: boolean, gain = 1) =>
    addConvolution(
      weights,
      `refiner/${name}`,
      {
        kernelHeight: side,
        kernelWidth: side,
        inputs,
        outputs,
        stride: 1,
        padding: 'same',
        activation: relu ? 'relu' : 'linear',
        initialDeviation: gain * heDeviation(side, side, inputs),
      },
      random,
    );

  const enter = add('enter', kernel, channels, features, true);
  const residual: [Convolution, Convolution][] = Array.from({ length: blocks }, (_, block) => [
    add(`block-${block + 1}/first`, kernel, features, features, true),
    add(`block-${block + 1}/second`, kernel, features, features, false, 1 / Math.sqrt(blocks)),
  ]);
  const fromIdentity = config.refinerStart === 'identity';
  const leave = add('leave', 1, features, channels, false, fromIdentity ? 0 : 0.5);

  return {
    name: 'refiner',
    weights,
    parameterCount: countParameters(weights),
    metrics: refinerMetrics,
    apply(x) {
      let hidden = enter(x);
      for (const [first, second] of residual) hidden = tf.relu(tf.add(second(first(hidden)), hidden));
      const image = leave(hidden);
      return tf.tanh(fromIdentity ? tf.add(image, inverseTanh(x)) : image);
    },
    dispose: () => disposeWeights(weights),
  };
}

/** atanh(x) = ½ ln((1 + x) / (1 − x)), for x cut to where it stays small. */
function inverseTanh(x: tf.Tensor4D): tf.Tensor4D {
  const inside = tf.clipByValue(x, -INVERSE_TANH_LIMIT, INVERSE_TANH_LIMIT);
  return tf.mul(0.5, tf.log(tf.div(tf.add(1, inside), tf.sub(1, inside))));
}

export const refinerMetrics: readonly MetricDeclaration[] = [
  {
    name: 'refiner.realism',
    label: 'Realism loss',
    unit: 'nats per patch',
    chart: 'refiner loss',
    symbol: 'ℓ_real (3)',
  },
  {
    name: 'refiner.regularization',
    label: 'Self-regularization, weighted',
    unit: 'nats per patch',
    chart: 'refiner loss',
    symbol: 'λ ℓ_reg (4)',
  },
  {
    name: 'refiner.loss',
    label: 'Refiner loss',
    unit: 'nats per patch',
    chart: 'refiner loss',
    symbol: 'L_R (1)',
  },
  {
    name: 'refiner.change',
    label: 'Mean change',
    unit: 'grey levels',
    chart: 'change',
    symbol: 'mean |x̃ − x|',
  },
  {
    name: 'refiner.contrast',
    label: 'Contrast of refined',
    unit: 'grey levels',
    chart: 'contrast',
    symbol: 'σ(x̃)',
  },
  {
    name: 'refiner.gradientNorm',
    label: 'Refiner gradient norm',
    unit: '',
    chart: 'gradient norm',
    symbol: '‖∇θ‖₂',
  },
];
