import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from './engine-names.ts';

/**
 * Makes a registered backend the one that tfjs computes on.
 *
 * @returns what frees it again; safe to call twice
 * @throws Error if it does not start: tfjs would go on with another one without a word
 */
export async function activateBackend(name: EngineName): Promise<() => void> {
  // Freeing removes the backend's factory too; a later opening needs it again.
  const factory = tf.findBackendFactory(name);
  const started = await tf.setBackend(name);
  if (!started || tf.getBackend() !== name)
    throw new Error(`the backend "${name}" of TensorFlow.js does not start`);
  let active = true;
  return () => {
    if (!active) return;
    active = false;
    tf.removeBackend(name);
    tf.registerBackend(name, factory);
  };
}
