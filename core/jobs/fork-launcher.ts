import { fork } from 'node:child_process';
import type { LaunchWorker } from './launcher.ts';

/**
 * V8 lets the space for new objects grow to 128 MiB, as long as some outlive it, and never gives it back. What a step of
 * training leaves behind dies young, so that a fraction of that serves, and its memory stays level from the start.
 */
const NEW_OBJECTS_MIB = 16;
/** Of Node, for every worker. The size is that of one half: the other half is what the living are moved to. */
export const WORKER_FLAGS: readonly string[] = [`--max-semi-space-size=${NEW_OBJECTS_MIB}`];

/**
 * Starts workers by Node's `fork`.
 *
 * @param entry the module that a worker runs: it calls `serveJobs`
 */
export function forkLauncher(entry: URL): LaunchWorker {
  return () => {
    const child = fork(entry, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [...WORKER_FLAGS],
    });
    child.stderr?.setEncoding('utf8');
    return {
      onSpawn(listener) {
        if (child.pid !== undefined) listener(child.pid);
      },
      // A channel that closes while something is sent is told of by the exit.
      send: (message) => void child.send(message as object, () => undefined),
      kill: () => void child.kill('SIGKILL'),
      onMessage: (listener) => void child.on('message', listener),
      onStandardError: (listener) => void child.stderr?.on('data', listener),
      onExit(listener) {
        let ended = false;
        const end = (exit: { code: number | null; signal: string | null }): void => {
          if (ended) return;
          ended = true;
          listener(exit);
        };
        // "close" comes after the last of the standard error was read.
        child.on('close', (code, signal) => end({ code, signal }));
        child.on('error', () => {
          if (child.pid === undefined) end({ code: null, signal: null });
        });
      },
    };
  };
}
