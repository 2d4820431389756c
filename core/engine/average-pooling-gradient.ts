import * as tf from '@tensorflow/tfjs-core';
import { overrideKernel, type KernelCall, type KernelResult } from './override-kernel.ts';

/**
 * The mean over a window that reaches into the padding is a mean over fewer values. The gradients of tfjs's own
 * backends divide by the full window all the same; here the incoming gradient is scaled up first, which mends it.
 */
export function mendAveragePoolingGradient(backendName: 'wasm' | 'webgpu'): void {
  overrideKernel(backendName, tf.AvgPoolGrad, averagePoolingGradient);
}

function averagePoolingGradient(call: KernelCall, original: tf.KernelFunc): KernelResult {
  const { dy, input } = call.inputs as { dy: tf.Tensor4D; input: tf.Tensor4D };
  const { filterSize, strides, pad } = call.attrs as unknown as tf.AvgPoolGradAttrs;
  const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad);
  const rows = sharesInside(
    info.inHeight,
    info.outHeight,
    info.filterHeight,
    info.strideHeight,
    info.padInfo.top,
  );
  const columns = sharesInside(
    info.inWidth,
    info.outWidth,
    info.filterWidth,
    info.strideWidth,
    info.padInfo.left,
  );
  if ([...rows, ...columns].every((share) => share === 1)) return original(call);
  const scaled = tf.tidy(() => {
    const values = rows.flatMap((row) => columns.map((column) => 1 / (row * column)));
    return tf.mul(dy, tf.tensor4d(values, [1, info.outHeight, info.outWidth, 1]));
  });
  const gradient = original({ ...call, inputs: { ...call.inputs, dy: scaled } });
  scaled.dispose();
  return gradient;
}

/** For each output along one axis, the share of its window that lies on the picture. */
function sharesInside(
  inputs: number,
  outputs: number,
  window: number,
  stride: number,
  before: number,
): number[] {
  return Array.from({ length: outputs }, (_, output) => {
    const start = output * stride - before;
    return (Math.min(inputs, start + window) - Math.max(0, start)) / window;
  });
}
