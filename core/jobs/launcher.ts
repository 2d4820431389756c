/** How a process ended: with an exit code, or by a signal. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A worker process as its launcher gives it. */
export interface LaunchedProcess {
  /** Undefined where it could not be started, or until it is known. */
  readonly processId: number | undefined;
  send(message: unknown): void;
  /** At once, without asking. */
  kill(): void;
  onMessage(listener: (message: unknown) => void): void;
  onStandardError(listener: (text: string) => void): void;
  /** Called once, also where the process could not be started. */
  onExit(listener: (exit: ProcessExit) => void): void;
}

/** Starts the program's worker: by `utilityProcess.fork` in Electron, by `child_process.fork` elsewhere. */
export type LaunchWorker = () => LaunchedProcess;
