import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgressListener } from '../../base/progress.ts';
import type { Inbox } from './control-inbox.ts';

/** The commands that work before the first step is given up for. */
const HALTING = ['pause', 'release', 'stop', 'cancel'] as const;
/** Those that are taken before it; the others wait for the step. */
const TAKEN = [...HALTING, 'resume'] as const;
const PAUSE_POLL_MS = 50;

interface Hooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/**
 * Does work before the first step, such as teaching the label net. It is given up for a command that pauses or ends the
 * training, and done anew when the training goes on. Throws what the work throws when it is aborted, where it was ended.
 *
 * @param onPaused told when it pauses and when it goes on
 */
export async function beforeFirstStep<Result, Given extends Hooks>(
  inbox: Inbox,
  hooks: Given,
  onPaused: (paused: boolean) => void,
  work: (hooks: Given) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const halt = new AbortController();
    try {
      return await work({
        ...hooks,
        signal: AbortSignal.any([hooks.signal, halt.signal]),
        onProgress(progress) {
          if (inbox.isWaiting(HALTING)) halt.abort();
          hooks.onProgress(progress);
        },
      });
    } catch (error) {
      if (!halt.signal.aborted || !(await mayGoOn(inbox, hooks.signal, onPaused))) throw error;
    }
  }
}

/** Takes the commands that there are and, while paused, waits for more; false where the training is to end. */
async function mayGoOn(
  inbox: Inbox,
  signal: AbortSignal,
  onPaused: (paused: boolean) => void,
): Promise<boolean> {
  let isPaused = false;
  for (;;) {
    if (signal.aborted) return false;
    const kind = inbox.take(TAKEN)?.kind;
    if (kind === 'stop' || kind === 'cancel') return false;
    const pauses: boolean = kind === undefined ? isPaused : kind !== 'resume';
    if (pauses !== isPaused) onPaused(pauses);
    isPaused = pauses;
    if (kind !== undefined) continue;
    if (!isPaused) return true;
    await sleep(PAUSE_POLL_MS);
  }
}
