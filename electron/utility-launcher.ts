import { constants } from 'node:os';
import type { ForkOptions } from 'electron';
import type { LaunchWorker, ProcessExit } from '../core/jobs/launcher.ts';

/** The part of Electron's `UtilityProcess` that is used. */
export interface UtilityChild {
  /** Undefined until "spawn". */
  readonly pid: number | undefined;
  readonly stderr: NodeJS.ReadableStream | null;
  /** Kept for the process until it is there. */
  postMessage(message: unknown): void;
  /** False, and without effect, before "spawn". */
  kill(): boolean;
  on(event: 'spawn', listener: () => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

type ForkUtility = (entryFile: string, words: string[], options: ForkOptions) => UtilityChild;

/** Never handed on: they would change what the worker runs. */
const NOT_INHERITED = ['NODE_OPTIONS', 'ELECTRON_RUN_AS_NODE', 'NODE_EXTRA_CA_CERTS'];

/**
 * Starts workers by Electron's `utilityProcess.fork`, with the standard error kept for whoever asks why one died.
 *
 * @param fork `utilityProcess.fork`; only after the app is ready
 * @param serviceName as the system's list of processes shows it
 * @param onKill told of each process that is about to be killed on purpose
 */
export function utilityLauncher(
  fork: ForkUtility,
  entryFile: string,
  serviceName: string,
  onKill: () => void = () => undefined,
): LaunchWorker {
  return () => {
    const child = fork(entryFile, [], {
      stdio: ['ignore', 'ignore', 'pipe'],
      serviceName,
      env: inheritedEnvironment(process.env),
      // TensorFlow's libraries are signed by nobody whom macOS knows.
      allowLoadingUnsignedLibraries: true,
    });
    child.stderr?.setEncoding('utf8');
    let hasEnded = false;
    let isUnwanted = false;
    const killNow = (processId: number): void => {
      if (hasEnded) return;
      onKill();
      killAtOnce(processId, child);
    };
    const whenSpawned = (listener: (processId: number) => void): void => {
      const tell = (): void => {
        if (child.pid !== undefined) listener(child.pid);
      };
      if (child.pid === undefined) child.on('spawn', tell);
      else tell();
    };
    child.on('exit', () => (hasEnded = true));
    return {
      onSpawn: whenSpawned,
      send: (message) => child.postMessage(message),
      kill() {
        if (isUnwanted) return;
        isUnwanted = true;
        whenSpawned(killNow);
      },
      onMessage: (listener) => void child.on('message', listener),
      onStandardError: (listener) => void child.stderr?.on('data', listener),
      onExit: (listener) => void child.on('exit', (code) => listener(exitOf(code, process.platform))),
    };
  };
}

/** Electron's own `kill` asks politely, which a process that hangs in native code does not hear. */
function killAtOnce(processId: number, child: UtilityChild): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch {
    // It has gone by itself in this moment.
    child.kill();
  }
}

/** Signals by which a process ends that did not end itself. */
const DEADLY = ['SIGILL', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGKILL', 'SIGSEGV', 'SIGTERM'] as const;

/**
 * Electron tells the number of a signal as an exit code (seen in Electron 22: 9 for SIGKILL, 11 for SIGSEGV). No worker
 * ends itself with one of these numbers.
 */
export function exitOf(code: number, platform: NodeJS.Platform): ProcessExit {
  const signal = platform === 'win32' ? undefined : DEADLY.find((name) => constants.signals[name] === code);
  return signal === undefined ? { code, signal: null } : { code: null, signal };
}

function inheritedEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !NOT_INHERITED.includes(entry[0]),
  );
  return Object.fromEntries(entries);
}
