import * as tf from '@tensorflow/tfjs-core';
import { mendAveragePoolingGradient } from '../average-pooling-gradient.ts';
import { overrideKernel, type KernelCall, type KernelResult } from '../override-kernel.ts';
import { filterGradient, inputGradient } from './convolution-gradients.ts';
import { maxPoolGradient } from './pooling-gradient.ts';
import { resizeGradient, type ResizeRule } from './resize-gradient.ts';

/** The parts of the wasm backend that reach its memory. */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array;
}

let registered = false;

/** Supplies what the wasm backend lacks for training, and replaces what it has too slow or wrong. Safe to call twice. */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  overrideKernel('wasm', tf.Conv2D, padExplicitly);
  overrideKernel('wasm', tf.FusedConv2D, padExplicitly);
  overrideKernel('wasm', tf.BatchMatMul, transposeFirst);
  overrideKernel('wasm', tf.Sum, sumPerChannel);
  overrideKernel('wasm', tf.MaxPoolGrad, poolGradient);
  overrideKernel('wasm', tf.ResizeNearestNeighborGrad, (call) => resizedGradient(call, 'nearest'));
  overrideKernel('wasm', tf.ResizeBilinearGrad, (call) => resizedGradient(call, 'bilinear'));
  overrideKernel('wasm', tf.Conv2DBackpropInput, ({ inputs, attrs }) => {
    const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const { inputShape, dataFormat, ...window } = attrs as unknown as tf.Conv2DBackpropInputAttrs;
    requireChannelsLast(dataFormat);
    return inputGradient(dy, filter, inputShape, window);
  });
  mendAveragePoolingGradient('wasm');
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc({ inputs, attrs }) {
      const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
      const { filterShape, dataFormat, ...window } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
      requireChannelsLast(dataFormat);
      return filterGradient(x, dy, filterShape, window);
    },
  });
}

/**
 * Padding 'same' gives wrong sums on this backend (tfjs 4.22) where the stride exceeds the filter along one axis; the
 * same padding spelled out in numbers is right.
 */
function padExplicitly(call: KernelCall, original: tf.KernelFunc): KernelResult {
  const { strides, dilations, pad } = call.attrs as unknown as tf.Conv2DAttrs;
  if (pad !== 'same') return original(call);
  const { x, filter } = call.inputs as { x: tf.Tensor4D; filter: tf.Tensor4D };
  const { top, bottom, left, right } = tf.backend_util.computeConv2DInfo(
    x.shape,
    filter.shape,
    strides,
    dilations,
    'same',
  ).padInfo;
  const zeros = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return original({ ...call, attrs: { ...call.attrs, pad: zeros } });
}

/** The backend multiplies transposed matrices in a plain loop, ten times slower than to transpose and multiply. */
function transposeFirst(call: KernelCall, original: tf.KernelFunc): KernelResult {
  const { transposeA, transposeB } = call.attrs as unknown as tf.BatchMatMulAttrs;
  const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
  const left = transposeA ? swapLastAxes(a) : a;
  const right = transposeB ? swapLastAxes(b) : b;
  const product = original({
    ...call,
    inputs: { a: left, b: right },
    attrs: { transposeA: false, transposeB: false },
  });
  if (left !== a) left.dispose();
  if (right !== b) right.dispose();
  return product;
}

function swapLastAxes(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/**
 * The sum over images and pixels, which is the gradient of every bias, goes through the vectorised average pooling;
 * the backend would transpose the whole tensor first.
 */
function sumPerChannel(call: KernelCall, original: tf.KernelFunc): KernelResult {
  const x = call.inputs.x as tf.Tensor;
  const { axis, keepDims } = call.attrs as unknown as tf.SumAttrs;
  const axes = [axis].flat();
  if (x.rank !== 4 || x.dtype !== 'float32' || keepDims || axes.join() !== '0,1,2') return original(call);
  const [images, height, width, channels] = (x as tf.Tensor4D).shape;
  return tf.tidy(() => {
    const means = tf.avgPool(x as tf.Tensor4D, [height, width], 1, 'valid');
    return tf.mul(tf.sum(tf.reshape(means, [images, channels]), 0), height * width);
  });
}

/** The backend's own is two to three times slower and breaks ties otherwise than TensorFlow. */
function poolGradient({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { dy, input } = inputs as { dy: tf.Tensor4D; input: tf.Tensor4D };
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
  const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
  return computeOnHeap(backend, [input, dy], input.shape, ([x, gradient], dx) => {
    maxPoolGradient(x, gradient, dx, info);
  });
}

/** The backend's own mistakes rows for columns, and leaves the half-pixel rule out. */
function resizedGradient(
  { inputs, attrs, backend }: KernelCall,
  method: ResizeRule['method'],
): tf.TensorInfo {
  const { images, dy } = inputs as { images: tf.Tensor4D; dy: tf.Tensor4D };
  const { alignCorners, halfPixelCenters } = attrs as unknown as tf.ResizeBilinearAttrs;
  const [, height, width] = dy.shape;
  return computeOnHeap(backend, [dy], images.shape, ([gradient], dx) => {
    resizeGradient(gradient, dx, images.shape, [height, width], { method, alignCorners, halfPixelCenters });
  });
}

/** Makes a tensor of `shape` whose values `compute` writes, given the inputs' values, all in the backend's memory. */
function computeOnHeap(
  backend: unknown,
  inputs: tf.TensorInfo[],
  shape: readonly number[],
  compute: (inputs: Float32Array[], output: Float32Array) => void,
): tf.TensorInfo {
  const heap = backend as WasmBackend;
  const output = heap.makeOutput(shape, 'float32');
  // Views of the heap last only until its next growth, so they are taken after the allocation.
  compute(
    inputs.map((input) => heap.typedArrayFromHeap(input)),
    heap.typedArrayFromHeap(output),
  );
  return output;
}

function requireChannelsLast(dataFormat: string): void {
  if (dataFormat !== 'NHWC') throw new Error(`Only NHWC is supported, not ${dataFormat}.`);
}
