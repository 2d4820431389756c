import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openEngine } from './engine.ts';

test('a second engine is refused while one is open, which goes on computing, and let in after it', async () => {
  const engine = await openEngine('wasm', { threads: 1 });
  await expect(openEngine('webgpu')).rejects.toMatchObject({
    code: 'busy',
    message:
      'The engine "webgpu" cannot be opened while "wasm" is open: there is one in a process at a time.',
  });
  expect(Array.from(await tf.add(tf.ones([2]), 1).data())).toEqual([2, 2]);
  engine.dispose();

  const next = await openEngine('wasm', { threads: 1 });
  // Once more what is closed already: it must not close the one that came after it.
  engine.dispose();
  await expect(openEngine('wasm')).rejects.toMatchObject({ code: 'busy' });
  next.dispose();
});

test('an engine that does not start leaves room for another', async () => {
  await expect(openEngine('webgpu', { gpu: 'no card of this name' })).rejects.toMatchObject({
    code: 'engine',
  });
  (await openEngine('wasm', { threads: 1 })).dispose();
});
