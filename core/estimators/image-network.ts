import * as tf from '@tensorflow/tfjs-core';
import type { ImageBatch } from '../base/image-batch.ts';
import type { Random } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import {
  addConvolution,
  countParameters,
  disposeWeights,
  heDeviation,
  type NamedWeight,
} from '../simgan/network.ts';

/** A layer between image and output; convolutions and dense layers end in a ReLU. */
export type ImageLayer =
  | {
      readonly kind: 'convolution';
      readonly kernelPx: number;
      readonly stride: number;
      readonly features: number;
    }
  | { readonly kind: 'max-pool'; readonly kernelPx: number; readonly stride: number }
  | { readonly kind: 'dense'; readonly features: number };

export interface ImageNetworkShape {
  readonly name: string;
  readonly input: Pick<ImageBatch, 'heightPx' | 'widthPx' | 'channels'>;
  readonly layers: readonly ImageLayer[];
  readonly padding: 'same' | 'valid';
  /** Numbers per image that the last layer, dense and linear, gives. */
  readonly outputs: number;
}

/** A network from images to a few numbers each, that owns its weights. */
export interface ImageNetwork {
  readonly name: string;
  readonly input: ImageNetworkShape['input'];
  readonly weights: readonly NamedWeight[];
  readonly parameterCount: number;
  /** x [n, h, w, c] → [n, outputs]; to be called inside `tf.tidy` or a gradient. */
  apply(x: tf.Tensor4D): tf.Tensor2D;
  dispose(): void;
}

/**
 * Builds the layers in order with initial values after He et al. 2015.
 *
 * @throws StudioError 'bad-usage' where the image is too small for the layers.
 */
export function buildImageNetwork(shape: ImageNetworkShape, random: Random): ImageNetwork {
  const { name, padding, input } = shape;
  const plan = planLayers(shape);
  const weights: NamedWeight[] = [];
  const steps = plan.map(({ layer, heightPx, widthPx, channels }, index) => {
    if (layer.kind === 'max-pool') {
      return (x: tf.Tensor4D): tf.Tensor4D => tf.maxPool(x, layer.kernelPx, layer.stride, padding);
    }
    if (layer.kind === 'convolution') {
      return addConvolution(
        weights,
        `${name}/layer-${index + 1}`,
        {
          kernelHeight: layer.kernelPx,
          kernelWidth: layer.kernelPx,
          inputs: channels,
          outputs: layer.features,
          stride: layer.stride,
          padding,
          activation: 'relu',
          initialDeviation: heDeviation(layer.kernelPx, layer.kernelPx, channels),
        },
        random,
      );
    }
    const last = index === plan.length - 1;
    const inputs = heightPx * widthPx * channels;
    const multiply = addConvolution(
      weights,
      `${name}/layer-${index + 1}`,
      {
        kernelHeight: 1,
        kernelWidth: 1,
        inputs,
        outputs: layer.features,
        stride: 1,
        padding: 'valid',
        activation: last ? 'linear' : 'relu',
        initialDeviation: (last ? Math.SQRT1_2 : 1) * heDeviation(1, 1, inputs),
      },
      random,
    );
    return (x: tf.Tensor4D): tf.Tensor4D => multiply(tf.reshape(x, [x.shape[0], 1, 1, inputs]));
  });
  return {
    name,
    input,
    weights,
    parameterCount: countParameters(weights),
    apply: (x) =>
      tf.reshape(
        steps.reduce((hidden, step) => step(hidden), x),
        [x.shape[0], shape.outputs],
      ),
    dispose: () => disposeWeights(weights),
  };
}

/**
 * A small network for any image size: convolutions of stride 2 until the shorter side is 8 or less, then one dense
 * layer. Strides instead of pooling, because the backward pass of pooling costs more here than the convolution.
 */
export function smallLayers({ heightPx, widthPx }: Pick<ImageBatch, 'heightPx' | 'widthPx'>): ImageLayer[] {
  const halvings = Math.max(2, Math.ceil(Math.log2(Math.min(heightPx, widthPx) / 8)));
  const features = [8, 16, 32];
  const convolutions = Array.from({ length: halvings }, (_, index): ImageLayer => ({
    kind: 'convolution',
    kernelPx: index === 0 ? 5 : 3,
    stride: 2,
    features: features[Math.min(index, features.length - 1)],
  }));
  return [...convolutions, { kind: 'dense', features: 64 }];
}

/** The layers and the output with the size of what each is given. */
function planLayers({
  name,
  input,
  layers,
  padding,
  outputs,
}: ImageNetworkShape): { layer: ImageLayer; heightPx: number; widthPx: number; channels: number }[] {
  let { heightPx, widthPx, channels } = input;
  const after = (lengthPx: number, kernelPx: number, stride: number): number =>
    padding === 'same' ? Math.ceil(lengthPx / stride) : Math.floor((lengthPx - kernelPx) / stride) + 1;
  return [...layers, { kind: 'dense' as const, features: outputs }].map((layer) => {
    const given = { layer, heightPx, widthPx, channels };
    if (layer.kind === 'dense') {
      [heightPx, widthPx, channels] = [1, 1, layer.features];
      return given;
    }
    heightPx = after(heightPx, layer.kernelPx, layer.stride);
    widthPx = after(widthPx, layer.kernelPx, layer.stride);
    if (layer.kind === 'convolution') channels = layer.features;
    if (heightPx >= 1 && widthPx >= 1) return given;
    throw new StudioError(
      'bad-usage',
      `Images of ${input.widthPx}×${input.heightPx} px are too small for the ${name}.`,
      { remedy: 'Use larger images, or the small size of the network.' },
    );
  });
}
