/** How a process ended: with an exit code, or by a signal. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A worker process as its launcher gives it. */
export interface LaunchedProcess {
  /**
   * Called once with its number: at once, or when the system has started it, which Electron tells later. Never called
   * where it cannot be started.
   */
  onSpawn(listener: (processId: number) => void): void;
  send(message: unknown): void;
  /** At once, without asking; one that is not there yet ends as soon as it is. */
  kill(): void;
  onMessage(listener: (message: unknown) => void): void;
  onStandardError(listener: (text: string) => void): void;
  /** Called once, also where the process could not be started. */
  onExit(listener: (exit: ProcessExit) => void): void;
}

/** Starts the program's worker: by `utilityProcess.fork` in Electron, by `child_process.fork` elsewhere. */
export type LaunchWorker = () => LaunchedProcess;
