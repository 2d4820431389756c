import type { Progress } from '../base/progress.ts';
import { StudioError } from '../base/studio-error.ts';
import { fromFailure } from '../contract/studio-failure.ts';
import type { LaunchedProcess, LaunchWorker, ProcessExit } from './launcher.ts';
import { answerSchema, HEARTBEAT_MS, type Answer, type Request } from './protocol.ts';
import { createSilenceWatch } from './silence-watch.ts';

export interface WorkerLimits {
  /** A worker that is at work and says nothing for so long is killed. Its event loop stands still within a step. */
  readonly silenceMs: number;
  /** What a job that was cancelled has to come to its end, before its process is killed. */
  readonly cancelMs: number;
  /** A worker without a job gives its memory back after this long. */
  readonly idleMs: number;
}

/** A step of large networks on a processor takes minutes. */
export const DEFAULT_LIMITS: WorkerLimits = { silenceMs: 1_800_000, cancelMs: 120_000, idleMs: 30_000 };

export interface WorkHooks {
  readonly signal: AbortSignal;
  /** The job begins in this process. Not called where the process cannot be started. */
  readonly onStart: (processId: number) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onNote: (text: string) => void;
  readonly onEvent: (event: unknown) => void;
}

/** A process that does one job at a time. It is started when there is a job, and again when it has died. */
export interface WorkerProcess {
  /**
   * Does a job. Aborted by its signal, the job ends at its next safe point, in whatever way it does that; one that does
   * not end in time is killed.
   * @throws what the job throws; StudioError 'engine' with the tail of its standard error where the process died
   */
  run(method: string, args: unknown, hooks: WorkHooks): Promise<unknown>;
  /** Resident memory of the process, as it told last; 0 while there is none. */
  memoryBytes(): number;
  /** Ends the process: at once where no job is under way, else by killing it. Settles when it is gone. */
  stop(): Promise<void>;
}

const TAIL_CHARACTERS = 8_000;

/** What V8 writes before it ends a process whose objects need more memory than it may have. */
const HEAP_EXHAUSTED = 'JavaScript heap out of memory';

/** @param onStandardError told of what the process writes there, for the log */
export function createWorkerProcess(
  launch: LaunchWorker,
  limits: WorkerLimits = DEFAULT_LIMITS,
  onStandardError: (text: string) => void = () => undefined,
): WorkerProcess {
  let live: Live | undefined;
  let lastId = 0;

  const started = (): Live => {
    if (live?.isEnding !== false) live = startLive(launch(), limits, onStandardError);
    return live;
  };
  return {
    run(method, args, hooks) {
      lastId += 1;
      return started().run(lastId, method, args, hooks);
    },
    memoryBytes: () => live?.memoryBytes ?? 0,
    stop: () => live?.end() ?? Promise.resolve(),
  };
}

interface Live {
  /** It is gone, or will be in an instant. */
  readonly isEnding: boolean;
  readonly memoryBytes: number;
  run(id: number, method: string, args: unknown, hooks: WorkHooks): Promise<unknown>;
  end(): Promise<void>;
}

interface Task {
  readonly id: number;
  readonly hooks: WorkHooks;
  readonly settle: (outcome: { readonly result: unknown } | { readonly error: Error }) => void;
}

/** One process, from its start to its end. */
function startLive(
  child: LaunchedProcess,
  limits: WorkerLimits,
  onStandardError: (text: string) => void,
): Live {
  let task: Task | undefined;
  let tail = '';
  let memoryBytes = 0;
  let isGone = false;
  let killedBecause: string | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  const send = (request: Request): void => child.send(request);
  const kill = (because: string): void => {
    killedBecause ??= because;
    child.kill();
  };
  const silence = createSilenceWatch(limits.silenceMs, () =>
    kill(`it said nothing for ${Math.round(limits.silenceMs / 1000)} seconds`),
  );
  const heartbeat = setInterval(() => send({ type: 'heartbeat' }), HEARTBEAT_MS);
  heartbeat.unref();

  const finish = (id: number, outcome: Parameters<Task['settle']>[0]): void => {
    if (task?.id !== id) return;
    const { settle } = task;
    task = undefined;
    idleTimer = setTimeout(() => kill('nothing was left to do'), limits.idleMs);
    idleTimer.unref();
    settle(outcome);
  };
  child.onStandardError((text) => {
    tail = (tail + text).slice(-TAIL_CHARACTERS);
    onStandardError(text);
  });
  child.onMessage((message) => {
    silence.heard();
    const answer = answerSchema.safeParse(message);
    if (!answer.success) kill('it said something that cannot be understood');
    else if (answer.data.type === 'heartbeat') ({ memoryBytes } = answer.data);
    else receive(answer.data, task, finish);
  });
  const gone = new Promise<void>((resolve) => {
    child.onExit((exit) => {
      silence.stop();
      clearInterval(heartbeat);
      clearTimeout(idleTimer);
      isGone = true;
      memoryBytes = 0;
      task?.settle({ error: died(exit, killedBecause, tail) });
      task = undefined;
      resolve();
    });
  });

  return {
    get isEnding() {
      return isGone || killedBecause !== undefined;
    },
    get memoryBytes() {
      return memoryBytes;
    },
    async run(id, method, args, hooks) {
      if (task) throw new Error('A worker does one job at a time.');
      let cancelTimer: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        send({ type: 'cancel', id });
        cancelTimer = setTimeout(() => kill('it did not end when it was asked to'), limits.cancelMs);
      };
      clearTimeout(idleTimer);
      tail = '';
      const outcome = new Promise<unknown>((resolve, reject) => {
        task = {
          id,
          hooks,
          settle: (end) => ('error' in end ? reject(end.error) : resolve(end.result)),
        };
      });
      child.onSpawn((processId) => {
        if (task?.id === id) hooks.onStart(processId);
      });
      send({ type: 'start', id, method, args });
      hooks.signal.addEventListener('abort', cancel, { once: true });
      if (hooks.signal.aborted) cancel();
      try {
        return await outcome;
      } finally {
        clearTimeout(cancelTimer);
        hooks.signal.removeEventListener('abort', cancel);
      }
    },
    async end() {
      kill('it was no longer needed');
      await gone;
    },
  };
}

function receive(
  answer: Exclude<Answer, { type: 'heartbeat' }>,
  task: Task | undefined,
  finish: (id: number, outcome: Parameters<Task['settle']>[0]) => void,
): void {
  switch (answer.type) {
    case 'reply':
      finish(answer.id, { result: answer.result });
      return;
    case 'error':
      finish(answer.id, { error: fromFailure(answer.failure) });
      return;
    case 'progress': {
      const { total, ...progress } = answer.progress;
      if (task?.id === answer.id) task.hooks.onProgress({ ...progress, total: total ?? undefined });
      return;
    }
    case 'note':
      if (task?.id === answer.id) task.hooks.onNote(answer.text);
      return;
    case 'event':
      if (task?.id === answer.id) task.hooks.onEvent(answer.event);
      return;
  }
}

/** A process that ended with a job under way, as the user reads it. */
function died(exit: ProcessExit, killedBecause: string | undefined, tail: string): StudioError {
  const { code, signal } = exit;
  const reason = killedBecause ?? describeExit(exit);
  const isLikelyMemory =
    killedBecause === undefined &&
    (signal === 'SIGKILL' || code === 137 || code === 0 || tail.includes(HEAP_EXHAUSTED));
  return new StudioError('engine', `The process that did the work is gone: ${reason}.`, {
    remedy: isLikelyMemory
      ? 'Computers that run out of memory end processes like this: close other programs or use a smaller batch, and start it again. What was saved is kept.'
      : 'Start it again; what was saved is kept.',
    details: {
      ...(code === null ? {} : { exitCode: code }),
      ...(signal === null ? {} : { signal }),
      ...(tail.trim() === '' ? {} : { standardError: tail.trim() }),
    },
  });
}

/**
 * No worker ends itself in the middle of a job, but Electron tells exit code 0 of some that were killed: in Electron 22 of
 * 12 of 150 that were sent SIGKILL.
 */
function describeExit({ code, signal }: ProcessExit): string {
  if (signal !== null) return `it was ended by ${signal}`;
  return code === 0 ? 'it was ended from outside' : `it ended with exit code ${code ?? 'unknown'}`;
}
