import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../base/studio-error.ts';
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
  // TensorFlow.js writes the reason to the console and answers false.
  let cause: unknown;
  tf.removeBackend(name);
  tf.registerBackend(name, async () => {
    try {
      return await factory();
    } catch (error) {
      cause = error;
      throw error;
    }
  });
  const started = await tf.setBackend(name);
  if (!started || tf.getBackend() !== name) {
    const reason = cause === undefined ? '' : `: ${messageOf(cause)}`;
    throw new Error(`the backend "${name}" of TensorFlow.js does not start${reason}`, { cause });
  }
  let active = true;
  return () => {
    if (!active) return;
    active = false;
    tf.removeBackend(name);
    tf.registerBackend(name, factory);
  };
}
