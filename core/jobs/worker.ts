import type { Progress, ProgressListener } from '../base/progress.ts';
import { StudioError } from '../base/studio-error.ts';
import { toFailure } from '../contract/studio-failure.ts';
import { createSilenceWatch } from './silence-watch.ts';
import { HEARTBEAT_MS, requestSchema, type Answer, type Request } from './protocol.ts';
import type { WorkerPort } from './worker-port.ts';

/** What a job has at hand to be watched and stopped. */
export interface JobHooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  readonly onNote: (text: string) => void;
  readonly onEvent: (event: unknown) => void;
}

/** Does a job; what it returns must be plain data. */
export type JobHandler = (args: unknown, hooks: JobHooks) => Promise<unknown>;

/** Progress is sent this often at most. */
const PROGRESS_INTERVAL_MS = 100;

/** A studio that says nothing for so long is gone, where its end is not told; it says something every two seconds. */
const PARENT_SILENCE_MS = 300_000;

/**
 * Serves jobs, one at a time, until whoever started the worker is gone: then it exits at once, since nobody is left to
 * whom the work belongs. What a job throws is its answer; anything that is thrown outside of a job ends the process.
 */
export function serveJobs(
  port: WorkerPort,
  handlers: Readonly<Record<string, JobHandler>>,
  exit: () => void = () => process.exit(0),
): void {
  let current: { readonly id: number; readonly controller: AbortController } | undefined;
  const answer = (message: Answer): void => port.send(message);
  const parent = createSilenceWatch(PARENT_SILENCE_MS, exit);
  const giveSign = (): void => answer({ type: 'heartbeat', memoryBytes: process.memoryUsage.rss() });
  setInterval(giveSign, HEARTBEAT_MS).unref();
  port.onClose(exit);

  const start = async ({ id, method, args }: Extract<Request, { type: 'start' }>): Promise<void> => {
    const controller = new AbortController();
    const progress = createProgressThrottle((message) =>
      answer({ type: 'progress', id, progress: { ...message, total: message.total ?? null } }),
    );
    try {
      if (current) throw busy(method);
      current = { id, controller };
      if (!Object.hasOwn(handlers, method)) throw new Error(`A worker knows no job "${method}".`);
      const result = await handlers[method](args, {
        signal: controller.signal,
        onProgress: progress.update,
        onNote: (text) => answer({ type: 'note', id, text }),
        onEvent: (event) => answer({ type: 'event', id, event }),
      });
      progress.flush();
      answer({ type: 'reply', id, result: result ?? null });
    } catch (error) {
      progress.flush();
      answer({ type: 'error', id, failure: toFailure(error) });
    } finally {
      if (current?.controller === controller) current = undefined;
    }
  };

  port.onMessage((message) => {
    parent.heard();
    const request = requestSchema.parse(message);
    switch (request.type) {
      case 'start':
        void start(request);
        return;
      case 'cancel':
        if (current?.id === request.id) current.controller.abort();
        return;
      case 'heartbeat':
        return;
    }
  });
  giveSign();
}

function busy(method: string): StudioError {
  return new StudioError('busy', `The worker is at work and cannot begin "${method}".`, {
    remedy: 'Wait until the job under way is done.',
  });
}

/** Lets through what is new in kind, and the newest of the rest at intervals; `flush` sends what was held back last. */
function createProgressThrottle(send: (progress: Progress) => void): {
  readonly update: ProgressListener;
  readonly flush: () => void;
} {
  let sentMs = -Infinity;
  let label: string | undefined;
  let held: Progress | undefined;
  const deliver = (progress: Progress): void => {
    sentMs = performance.now();
    label = progress.label;
    held = undefined;
    send(progress);
  };
  return {
    update(progress) {
      if (!Number.isFinite(progress.done)) return;
      if (progress.label !== label || performance.now() - sentMs >= PROGRESS_INTERVAL_MS) deliver(progress);
      else held = progress;
    },
    flush() {
      if (held) deliver(held);
    },
  };
}
