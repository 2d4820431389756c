import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { z } from 'zod';
import { StudioError } from '../../core/base/studio-error.ts';
import { parentLine } from '../../core/jobs/worker-port.ts';
import { serveJobs } from '../../core/jobs/worker.ts';

const kept: Buffer[] = [];

/** A worker whose jobs do what processes do at their worst; for tests. */
serveJobs(parentLine(), {
  echo: (args) => Promise.resolve(args),
  processId: () => Promise.resolve(process.pid),
  /** Keeps so many bytes from then on. */
  fill(args) {
    kept.push(Buffer.alloc(z.number().parse(args), 1));
    return Promise.resolve(null);
  },
  /** Makes objects of which many live for a while; gives the MiB of the space for new ones. */
  manyObjects() {
    const living: unknown[] = [];
    for (let made = 0; made < 1_500_000; made++) {
      const one = { made, parts: [made, { made }] };
      if (made % 4 === 0) living[(made / 4) % 60_000] = one;
    }
    const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    return Promise.resolve((space?.physical_space_size ?? 0) / 2 ** 20);
  },
  refuse: () => {
    throw new StudioError('bad-input', 'eye.png is no picture.', {
      remedy: 'Remove it.',
      details: { path: 'eye.png' },
      cause: new Error('bad magic'),
    });
  },
  fault: () => Promise.reject(new TypeError('x is undefined')),
  /** Reports 1000 times in a second, until it is stopped. */
  async count(_args, { signal, onProgress, onNote, onEvent }) {
    onNote('It begins.');
    onEvent({ colour: 'blue' });
    for (let done = 1; done <= 1000 && !signal.aborted; done++) {
      onProgress({ done, total: 1000, unit: 'things', label: done <= 500 ? 'First half' : 'Second half' });
      await sleep(1);
    }
    if (signal.aborted) throw new StudioError('cancelled', 'Stopped.', { remedy: 'Start again.' });
    return 'counted';
  },
  /** Does not listen. */
  deaf: () => sleep(60_000),
  /** Its event loop stands still. */
  hang(args) {
    const untilMs = performance.now() + z.number().parse(args);
    while (performance.now() < untilMs);
    return Promise.resolve('back again');
  },
  exit() {
    process.stderr.write('tensor of shape [3] expected\n', () => process.exit(3));
    return sleep(60_000);
  },
  /** As the system ends it, where the exit code does not tell. */
  leave() {
    process.exit(0);
  },
  kill() {
    process.kill(process.pid, 'SIGKILL');
    return sleep(60_000);
  },
  /** Ends as V8 ends a process whose heap is full: the heap of a test's process takes minutes to fill. */
  exhaustHeap() {
    const words = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
    process.stderr.write(words, () => process.abort());
    return sleep(60_000);
  },
  throwLater() {
    setTimeout(() => {
      throw new Error('outside of the job');
    });
    return sleep(60_000);
  },
});
