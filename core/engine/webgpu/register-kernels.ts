import * as tf from '@tensorflow/tfjs-core';
import { mendAveragePoolingGradient } from '../average-pooling-gradient.ts';
import { overrideKernel, type KernelCall, type KernelResult } from '../override-kernel.ts';

let registered = false;

/** Replaces or refuses what the webgpu backend has wrong for training. Safe to call twice. */
export function registerWebgpuKernels(): void {
  if (registered) return;
  registered = true;
  mendAveragePoolingGradient('webgpu');
  overrideKernel('webgpu', tf.AddN, addFewAtATime);
  for (const kernelName of [tf.ResizeBilinearGrad, tf.ResizeNearestNeighborGrad]) {
    overrideKernel('webgpu', kernelName, (call, original) => {
      const { halfPixelCenters } = call.attrs as unknown as tf.ResizeBilinearAttrs;
      if (halfPixelCenters)
        throw new Error('The webgpu backend has no gradient of resizing by the half-pixel rule.');
      return original(call);
    });
  }
}

/** Every GPU lets a program read this many tensors and write one. */
const MOST_INPUTS = 7;

/** The backend makes one program of any number of terms, which the device then refuses. */
function addFewAtATime(call: KernelCall, original: tf.KernelFunc): KernelResult {
  const terms = Object.values(call.inputs) as tf.Tensor[];
  if (terms.length <= MOST_INPUTS) return original(call);
  return tf.tidy(() => tf.addN([tf.addN(terms.slice(0, MOST_INPUTS)), ...terms.slice(MOST_INPUTS)]));
}
