import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from './engine-names.ts';

export type KernelCall = Parameters<tf.KernelFunc>[0];
export type KernelResult = ReturnType<tf.KernelFunc>;

/** Replaces a kernel of a backend by `kernel`, which may fall back on the original. */
export function overrideKernel(
  backendName: EngineName,
  kernelName: string,
  kernel: (call: KernelCall, original: tf.KernelFunc) => KernelResult,
): void {
  const config = tf
    .getKernelsForBackend(backendName)
    .find((candidate) => candidate.kernelName === kernelName);
  if (!config) throw new Error(`The backend ${backendName} has no kernel ${kernelName} to replace.`);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...config, kernelFunc: (call) => kernel(call, config.kernelFunc) });
}
