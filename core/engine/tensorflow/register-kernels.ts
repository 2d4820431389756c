import * as tf from '@tensorflow/tfjs-core';

let registered = false;

/** Replaces what tfjs-node has too slow for training. Safe to call twice. */
export function registerTensorflowKernels(): void {
  if (registered) return;
  registered = true;
  tf.unregisterKernel(tf.Step, 'tensorflow');
  tf.registerKernel({ kernelName: tf.Step, backendName: 'tensorflow', kernelFunc: step });
}

/**
 * 1 where x > 0, `alpha` elsewhere: the mask in the gradient of every ReLU. tfjs-node builds five tensors for it to
 * keep NaN, which the loss shows anyway.
 */
const step: tf.KernelFunc = ({ inputs, attrs }) => {
  const x = inputs.x as tf.Tensor;
  const { alpha } = attrs as unknown as tf.StepAttrs;
  return tf.tidy(() => {
    const positive = tf.cast(tf.greater(x, tf.scalar(0, x.dtype)), x.dtype);
    return alpha === 0 ? positive : tf.add(tf.mul(positive, 1 - alpha), alpha);
  });
};
