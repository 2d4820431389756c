import * as tf from '@tensorflow/tfjs-core';
import { overrideKernel, type KernelCall, type KernelResult } from '../override-kernel.ts';
import { RELU_GRADIENT } from '../relu-gradient.ts';

/** The parts of tfjs-node's backend that run an operation of TensorFlow by name. */
interface OperationRunner {
  readonly binding: {
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
  };
  executeSingleOutput(
    operation: string,
    attributes: { name: string; type: number; value: number | boolean }[],
    inputs: tf.TensorInfo[],
  ): tf.Tensor;
}

let registered = false;

/** Replaces what tfjs-node has too slow or wrong for training. Safe to call twice. */
export function registerTensorflowKernels(): void {
  if (registered) return;
  registered = true;
  overrideKernel('tensorflow', tf.Step, step);
  overrideKernel('tensorflow', tf.Sum, sumPerChannel);
  overrideKernel('tensorflow', tf.FusedConv2D, convolveWithBias);
  tf.registerKernel({
    kernelName: RELU_GRADIENT,
    backendName: 'tensorflow',
    kernelFunc({ inputs, backend }) {
      const { dy, activated } = inputs as { dy: tf.Tensor; activated: tf.Tensor };
      return runOperation(backend, 'ReluGrad', [dy, activated]);
    },
  });
  overrideKernel('tensorflow', tf.ResizeBilinearGrad, (call) => {
    const { images, dy } = call.inputs as { images: tf.Tensor4D; dy: tf.Tensor4D };
    return resizeGradient(call, tf.ResizeBilinearGrad, [dy, images]);
  });
  overrideKernel('tensorflow', tf.ResizeNearestNeighborGrad, (call) => {
    const { images, dy } = call.inputs as { images: tf.Tensor4D; dy: tf.Tensor4D };
    const size = tf.tensor1d(images.shape.slice(1, 3), 'int32');
    const gradient = resizeGradient(call, tf.ResizeNearestNeighborGrad, [dy, size]);
    size.dispose();
    return gradient;
  });
}

/**
 * 1 where x > 0, `alpha` elsewhere: the mask in the gradient of every ReLU. tfjs-node builds five tensors for it to
 * keep NaN, which the loss shows anyway.
 */
function step({ inputs, attrs }: KernelCall): tf.Tensor {
  const x = inputs.x as tf.Tensor;
  const { alpha } = attrs as unknown as tf.StepAttrs;
  return tf.tidy(() => {
    const positive = tf.cast(tf.greater(x, tf.scalar(0, x.dtype)), x.dtype);
    return alpha === 0 ? positive : tf.add(tf.mul(positive, 1 - alpha), alpha);
  });
}

/** tfjs-node adds the bias as a sum of any two shapes; TensorFlow's own operation for it takes a fraction of the time. */
function convolveWithBias(call: KernelCall, original: tf.KernelFunc): KernelResult {
  const { x, filter, bias } = call.inputs;
  const { activation } = call.attrs as unknown as tf.FusedConv2DAttrs;
  if (!bias || (activation !== 'linear' && activation !== 'relu')) return original(call);
  return tf.tidy(() => {
    const linear = { ...call, inputs: { x, filter }, attrs: { ...call.attrs, activation: 'linear' } };
    const sums = runOperation(call.backend, 'BiasAdd', [original(linear) as tf.TensorInfo, bias]);
    return activation === 'relu' ? tf.relu(sums) : sums;
  });
}

/** The sum over images and pixels, the gradient of every bias, in TensorFlow's own operation for it. */
function sumPerChannel(call: KernelCall, original: tf.KernelFunc): KernelResult {
  const x = call.inputs.x as tf.Tensor;
  const { axis, keepDims } = call.attrs as unknown as tf.SumAttrs;
  const isPerChannel = x.rank === 4 && x.dtype === 'float32' && !keepDims && [axis].flat().join() === '0,1,2';
  return isPerChannel ? runOperation(call.backend, 'BiasAddGrad', [x]) : original(call);
}

/** An operation of TensorFlow on float32 tensors that needs to be told nothing more. */
function runOperation(backend: unknown, operation: string, inputs: tf.TensorInfo[]): tf.Tensor {
  const runner = backend as OperationRunner;
  const { TF_ATTR_TYPE, TF_FLOAT } = runner.binding;
  return runner.executeSingleOutput(operation, [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }], inputs);
}

/** As tfjs-node does it, but with the half-pixel rule, which it leaves out of the gradient. */
function resizeGradient({ attrs, backend }: KernelCall, operation: string, inputs: tf.Tensor[]): tf.Tensor {
  const { alignCorners, halfPixelCenters } = attrs as unknown as tf.ResizeBilinearAttrs;
  const runner = backend as unknown as OperationRunner;
  const { TF_ATTR_BOOL, TF_ATTR_TYPE, TF_FLOAT } = runner.binding;
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'align_corners', type: TF_ATTR_BOOL, value: alignCorners },
    { name: 'half_pixel_centers', type: TF_ATTR_BOOL, value: halfPixelCenters },
  ];
  return runner.executeSingleOutput(operation, attributes, inputs);
}
