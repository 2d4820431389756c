import * as tf from '@tensorflow/tfjs-core';
import { expect, onTestFinished, test } from 'vitest';
import { activateBackend } from './backend-lifetime.ts';

test('says why a backend does not start', async () => {
  const cause = new Error('External buffers are not allowed');
  tf.registerBackend('webgpu', () => {
    throw cause;
  });
  onTestFinished(() => tf.removeBackend('webgpu'));
  await expect(activateBackend('webgpu')).rejects.toMatchObject({
    message: expect.stringContaining('does not start: External buffers are not allowed') as string,
    cause,
  });
});
