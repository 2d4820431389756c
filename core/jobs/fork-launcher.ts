import { fork } from 'node:child_process';
import type { LaunchWorker } from './launcher.ts';

/**
 * Starts workers by Node's `fork`.
 *
 * @param entry the module that a worker runs: it calls `serveJobs`
 */
export function forkLauncher(entry: URL): LaunchWorker {
  return () => {
    const child = fork(entry, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    child.stderr?.setEncoding('utf8');
    return {
      get processId() {
        return child.pid;
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
