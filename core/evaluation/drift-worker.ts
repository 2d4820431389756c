import { parentPort } from 'node:worker_threads';
import { driftsOf } from './displacement.ts';
import type { DriftRequest } from './drift-thread.ts';

/** The thread of drift-thread.ts. */
parentPort?.on('message', ({ original, refined }: DriftRequest) => {
  parentPort?.postMessage(driftsOf(original, refined));
});
