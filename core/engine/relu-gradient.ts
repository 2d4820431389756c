// Registers the gradients of all operations, one of which is replaced below.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';

/** A kernel of this program's own, from `dy` and what came out of a ReLU (or went in): for backends that have it in one. */
export const RELU_GRADIENT = 'ReluGradient';

/** The gradient by what went into a ReLU: dy where `activated` (input or output) is above 0, else 0. */
export function reluGradient<Result extends tf.Tensor>(dy: Result, activated: tf.Tensor): Result {
  return tf.getKernel(RELU_GRADIENT, tf.getBackend())
    ? tf.engine().runKernel<Result>(RELU_GRADIENT, { dy, activated })
    : tf.mul<Result>(dy, tf.step(activated));
}

// tfjs's own casts the mask on its way, which is one more pass over the tensor.
tf.unregisterGradient(tf.Relu);
tf.registerGradient({
  kernelName: tf.Relu,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => reluGradient(dy as tf.Tensor, x) }),
});
