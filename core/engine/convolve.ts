import * as tf from '@tensorflow/tfjs-core';
import { mayGiveUp } from './giving-up.ts';
import { reluGradient } from './relu-gradient.ts';

export interface ConvolveOptions {
  /** Step between neighbouring outputs, the same along both axes. */
  readonly stride: number;
  readonly padding: 'same' | 'valid';
  readonly activation: 'linear' | 'relu';
}

/**
 * 2-D convolution (cross-correlation, as everywhere in deep learning) with bias and activation in one kernel:
 * x [n, h, w, c], filter [fh, fw, c, d], bias [d] → [n, h', w', d].
 *
 * A stride larger than the filter is a RangeError: it would leave pixels out, and TensorFlow's kernels for it write
 * outside of their memory (oneDNN in 2.19: the process dies some time later).
 *
 * Gradients are computed for exactly those of x, filter and bias that the caller differentiates by. Before each of the
 * three computations it may be given up (see giving-up.ts).
 */
export function convolve(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  options: ConvolveOptions,
): tf.Tensor4D {
  const [filterHeight, filterWidth] = filter.shape;
  if (options.stride > Math.min(filterHeight, filterWidth)) {
    throw new RangeError(
      `A stride of ${options.stride} is larger than the filter (${filterHeight}×${filterWidth}): pixels would be left out.`,
    );
  }
  mayGiveUp();
  const attributes = {
    strides: [options.stride, options.stride],
    pad: options.padding,
    dataFormat: 'NHWC',
    dilations: [1, 1],
    activation: options.activation,
    leakyreluAlpha: 0,
  };
  return tf.engine().runKernel(tf.FusedConv2D, { x, filter, bias }, attributes);
}

/**
 * tfjs has no gradient for its fused convolution: `tf.fused.conv2d` falls apart into three kernels while training. This
 * one has, with a thunk per input, so that the tape computes no gradient that nobody asked for.
 */
function fusedConvolutionGradient(
  upstream: tf.Tensor | tf.Tensor[],
  saved: tf.Tensor[],
  attributes: tf.NamedAttrMap,
): Record<'x' | 'filter' | 'bias', () => tf.Tensor> {
  const [x, filter, output] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const { strides, pad, activation } = attributes as unknown as tf.FusedConv2DAttrs;
  const outputGradient = upstream as tf.Tensor4D;
  if (activation !== 'linear' && activation !== 'relu') {
    throw new Error(`No gradient for a convolution with activation "${activation}".`);
  }
  // Computed once for all three; the tape's own tidy frees it.
  const gradient = activation === 'relu' ? reluGradient(outputGradient, output) : outputGradient;
  const window = { strides, pad, dataFormat: 'NHWC' };
  return {
    x() {
      mayGiveUp();
      return tf
        .engine()
        .runKernel(tf.Conv2DBackpropInput, { dy: gradient, filter }, { ...window, inputShape: x.shape });
    },
    filter() {
      mayGiveUp();
      return tf
        .engine()
        .runKernel(tf.Conv2DBackpropFilter, { x, dy: gradient }, { ...window, filterShape: filter.shape });
    },
    bias: () => tf.sum(gradient, [0, 1, 2]),
  };
}

tf.registerGradient({
  kernelName: tf.FusedConv2D,
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc: fusedConvolutionGradient,
});
