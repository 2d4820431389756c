import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { checkSameShape, type ImageBatch } from '../base/image-batch.ts';
import { unpackedPath } from '../base/unpacked-path.ts';

/** How far each image of a pair of batches moved, in pixels; null where that could not be measured. */
export type Drifts = readonly (number | null)[];

/** What the thread is sent, and what it answers, one after the other. */
export interface DriftRequest {
  readonly original: ImageBatch;
  readonly refined: ImageBatch;
}

/** Measures drift beside whatever else this process computes. */
export interface DriftThread {
  /** As `measureImage` for every image. Batches are measured in the order of the calls. */
  measure(original: ImageBatch, refined: ImageBatch): Promise<Drifts>;
  /** Ends the thread; what it has not measured yet is rejected. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (drifts: Drifts) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the thread, for work that keeps the thread of its caller busy, such as a network's. Whoever opens it closes it. */
export function openDriftThread(): DriftThread {
  const worker = new Worker(unpackedPath(fileURLToPath(new URL('./drift-worker.ts', import.meta.url))), {
    execArgv: [],
  });
  const waiting: Waiting[] = [];
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on('message', (drifts: Drifts) => waiting.shift()?.resolve(drifts));
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`The thread that measures drift ended with code ${code}.`)));
  return {
    measure(original, refined) {
      checkSameShape(original, refined, 'Drift');
      return new Promise((resolve, reject) => {
        if (failure) {
          reject(failure);
          return;
        }
        waiting.push({ resolve, reject });
        worker.postMessage({ original, refined } satisfies DriftRequest);
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}
