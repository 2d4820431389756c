import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProgressListener } from './progress.ts';
import { StudioError } from './studio-error.ts';

/** How long work is watched and stopped. */
export interface LongWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Lets the event loop have a turn, so that timers, messages and Ctrl-C come through.
 *
 * @throws StudioError 'cancelled' where the signal has fired.
 */
export async function takeTurn(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  if (!signal?.aborted) return;
  throw new StudioError('cancelled', 'Stopped before it was done.', {
    remedy: 'Run the command again; what was recorded before is kept.',
    cause: signal.reason,
  });
}
