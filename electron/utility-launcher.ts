import type { ForkOptions } from 'electron';
import type { LaunchWorker } from '../core/jobs/launcher.ts';

/** The part of Electron's `UtilityProcess` that is used. */
export interface UtilityChild {
  readonly pid: number | undefined;
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: unknown): void;
  kill(): boolean;
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
 */
export function utilityLauncher(fork: ForkUtility, entryFile: string, serviceName: string): LaunchWorker {
  return () => {
    const child = fork(entryFile, [], {
      stdio: ['ignore', 'ignore', 'pipe'],
      serviceName,
      env: inheritedEnvironment(process.env),
      // TensorFlow's libraries are signed by nobody whom macOS knows.
      allowLoadingUnsignedLibraries: true,
    });
    child.stderr?.setEncoding('utf8');
    return {
      get processId() {
        return child.pid;
      },
      send: (message) => child.postMessage(message),
      kill: () => killAtOnce(child),
      onMessage: (listener) => void child.on('message', listener),
      onStandardError: (listener) => void child.stderr?.on('data', listener),
      onExit: (listener) => void child.on('exit', (code) => listener({ code, signal: null })),
    };
  };
}

/** Electron's own `kill` asks politely, which a process that hangs in native code does not hear. */
function killAtOnce(child: UtilityChild): void {
  if (child.pid === undefined) return;
  try {
    process.kill(child.pid, 'SIGKILL');
  } catch {
    // It has gone by itself in this moment.
    child.kill();
  }
}

function inheritedEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !NOT_INHERITED.includes(entry[0]),
  );
  return Object.fromEntries(entries);
}
