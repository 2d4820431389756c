import { fork } from 'node:child_process';

/** A process in which an engine is tried, as whoever started it sees it. */
export interface ProbeProcess {
  send(message: unknown): void;
  /** At once, without asking. */
  kill(): void;
  onMessage(listener: (message: unknown) => void): void;
  onStandardError(listener: (text: string) => void): void;
  /** Called once, also where the process could not be started. */
  onExit(listener: (exit: { readonly code: number | null; readonly signal: string | null }) => void): void;
}

export type LaunchProbe = () => ProbeProcess;

let launch: LaunchProbe = forkProbe;

/** Starts the process of probe-child.ts. */
export function launchProbe(): ProbeProcess {
  return launch();
}

/** For a process that cannot fork: from now on its probes are started by this. They run probe-child.ts. */
export function launchProbesBy(launcher: LaunchProbe): void {
  launch = launcher;
}

function forkProbe(): ProbeProcess {
  const child = fork(new URL('./probe-child.ts', import.meta.url), {
    // A library that writes to the terminal must not spoil the program's own output.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  child.stderr?.setEncoding('utf8');
  return {
    // A process that no longer listens is told of by its exit.
    send: (message) => void child.send(message as object, () => undefined),
    kill: () => void child.kill('SIGKILL'),
    onMessage: (listener) => void child.on('message', listener),
    onStandardError: (listener) => void child.stderr?.on('data', listener),
    onExit(listener) {
      child.on('exit', (code, signal) => listener({ code, signal }));
      child.on('error', () => {
        if (child.pid === undefined) listener({ code: null, signal: null });
      });
    },
  };
}
