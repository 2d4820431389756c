import { parseDiscriminatorLayers, type TrainingConfig } from '../../core/contract/training-config.ts';
import { add, convolution, maxPool, relu, tanh, type Layer } from './layers.ts';
import type { Maps } from './maps.ts';
import { weightNamed, type WeightGradients, type Weights } from './weights.ts';

/** What came out of a network for one batch, and the way back. */
export interface NetworkPass {
  readonly output: Maps;
  /** Gradients by the input and by every weight, from the gradient by the output. */
  backward(outputGradient: Float64Array): { readonly input: Float64Array; readonly weights: WeightGradients };
}

/** Where the refiner with an identity start cuts its input off before atanh. */
const INVERSE_TANH_LIMIT = 0.999;

/** The refiner R (paper §2.1 and appendix) on a batch of images, with weights named as core/simgan names them. */
export function refinerPass(
  config: Pick<TrainingConfig, 'refinerBlocks' | 'refinerStart'>,
  weights: Weights,
  x: Maps,
): NetworkPass {
  const gradients = new Map<string, Float64Array>();
  const convolve = (name: string, input: Maps) =>
    namedConvolution(weights, gradients, name, input, 1, 'same');

  const enter = convolve('refiner/enter', x);
  const enterRelu = relu(enter.output);
  let hidden = enterRelu.output;
  const blocksBackward = Array.from({ length: config.refinerBlocks }, (_, index) => {
    const first = convolve(`refiner/block-${index + 1}/first`, hidden);
    const firstRelu = relu(first.output);
    const second = convolve(`refiner/block-${index + 1}/second`, firstRelu.output);
    const sumRelu = relu(add(second.output, hidden));
    hidden = sumRelu.output;
    return (outputGradient: Float64Array): Float64Array => {
      const sum = sumRelu.backward(outputGradient);
      const throughConvolutions = first.backward(firstRelu.backward(second.backward(sum)));
      return sum.map((value, at) => value + throughConvolutions[at]);
    };
  });
  const leave = convolve('refiner/leave', hidden);
  const image = tanh(config.refinerStart === 'identity' ? add(leave.output, inverseTanh(x)) : leave.output);

  return {
    output: image.output,
    backward(outputGradient) {
      const beforeTanh = image.backward(outputGradient);
      let gradient = leave.backward(beforeTanh);
      for (const blockBackward of blocksBackward.toReversed()) gradient = blockBackward(gradient);
      const input = enter.backward(enterRelu.backward(gradient));
      if (config.refinerStart === 'identity') {
        x.values.forEach((value, at) => {
          if (Math.abs(value) < INVERSE_TANH_LIMIT) input[at] += beforeTanh[at] / (1 - value ** 2);
        });
      }
      return { input, weights: gradients };
    },
  };
}

/** The discriminator D (paper §2.2 and appendix) on a batch of images: logits [n, h', w', 2], real first. */
export function discriminatorPass(
  config: Pick<TrainingConfig, 'discriminatorLayers' | 'discriminatorPadding' | 'adversarialLoss'>,
  weights: Weights,
  x: Maps,
): NetworkPass {
  const gradients = new Map<string, Float64Array>();
  const padding = config.discriminatorPadding;
  const layers: Layer[] = [];
  let hidden = x;
  const push = (layer: Layer): void => {
    layers.push(layer);
    hidden = layer.output;
  };
  parseDiscriminatorLayers(config.discriminatorLayers).forEach((layer, index) => {
    if (layer.kind === 'max-pool') {
      push(maxPool(hidden, layer.kernelPx, layer.stride, padding));
      return;
    }
    const name = `discriminator/layer-${index + 1}`;
    push(namedConvolution(weights, gradients, name, hidden, layer.stride, padding));
    push(relu(hidden));
  });
  // 1×1 for the local loss; as large as the map for the global one.
  push(namedConvolution(weights, gradients, 'discriminator/last', hidden, 1, 'valid'));

  return {
    output: hidden,
    backward(outputGradient) {
      const input = layers.reduceRight((gradient, layer) => layer.backward(gradient), outputGradient);
      return { input, weights: gradients };
    },
  };
}

/** A convolution with its weights taken by name, whose way back files the weights' gradients under the same names. */
function namedConvolution(
  weights: Weights,
  gradients: Map<string, Float64Array>,
  name: string,
  x: Maps,
  stride: number,
  padding: 'same' | 'valid',
): Layer {
  const [filterName, biasName] = [`${name}/filter`, `${name}/bias`];
  const layer = convolution(
    x,
    weightNamed(weights, filterName),
    weightNamed(weights, biasName),
    stride,
    padding,
  );
  return {
    output: layer.output,
    backward(outputGradient) {
      const { input, filter, bias } = layer.backward(outputGradient);
      gradients.set(filterName, filter);
      gradients.set(biasName, bias);
      return input;
    },
  };
}

function inverseTanh(x: Maps): Maps {
  const cut = (value: number) => Math.max(-INVERSE_TANH_LIMIT, Math.min(INVERSE_TANH_LIMIT, value));
  return { ...x, values: x.values.map((value) => Math.atanh(cut(value))) };
}
