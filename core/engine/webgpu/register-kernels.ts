import * as tf from '@tensorflow/tfjs-core';
import { mendAveragePoolingGradient } from '../average-pooling-gradient.ts';
import { overrideKernel } from '../override-kernel.ts';

let registered = false;

/** Replaces or refuses what the webgpu backend has wrong for training. Safe to call twice. */
export function registerWebgpuKernels(): void {
  if (registered) return;
  registered = true;
  mendAveragePoolingGradient('webgpu');
  for (const kernelName of [tf.ResizeBilinearGrad, tf.ResizeNearestNeighborGrad]) {
    overrideKernel('webgpu', kernelName, (call, original) => {
      const { halfPixelCenters } = call.attrs as unknown as tf.ResizeBilinearAttrs;
      if (halfPixelCenters)
        throw new Error('The webgpu backend has no gradient of resizing by the half-pixel rule.');
      return original(call);
    });
  }
}
