/** What a shell does about a window whose page has died. */
export interface PageRecovery {
  /** The page's process is gone. `reason` is Electron's. */
  gone(reason: string): void;
}

export interface PageRecoveryParts {
  readonly now: () => number;
  readonly reload: () => void;
  /** Shown when the page has died again soon after it was loaded again. */
  readonly ask: (reason: string) => Promise<'reload' | 'quit'>;
  readonly quit: () => void;
  readonly onFault: (error: unknown) => void;
}

const SOON_MS = 60_000;

/**
 * Loads a page that died once more; one that dies again within a minute is a question to the user, so that nobody watches
 * a window that flickers for ever. Jobs know nothing of it: they run in processes of their own.
 */
export function createPageRecovery(parts: PageRecoveryParts): PageRecovery {
  let lastMs = -Infinity;
  return {
    gone(reason) {
      if (reason === 'clean-exit') return;
      const isAgain = parts.now() - lastMs < SOON_MS;
      lastMs = parts.now();
      if (!isAgain) {
        parts.reload();
        return;
      }
      parts
        .ask(reason)
        .then((choice) => (choice === 'reload' ? parts.reload() : parts.quit()))
        .catch((error: unknown) => parts.onFault(error));
    },
  };
}

export interface MainRecoveryParts {
  readonly startedMs: number;
  readonly now: () => number;
  readonly log: (text: string) => void;
  readonly closeStudio: () => Promise<void>;
  readonly tell: (text: string) => void;
  readonly relaunch: () => void;
  readonly exit: (code: number) => void;
}

/** A program that falls over sooner than this is not started again: it would go on for ever. */
const SHORTEST_LIFE_MS = 30_000;

/**
 * What is done about an error nobody caught in the main process: it is logged, jobs are stopped politely, and the program
 * starts again with the library that was open. Returns a handler for `uncaughtException`.
 */
export function createMainRecovery(parts: MainRecoveryParts): (error: unknown) => Promise<void> {
  let isRecovering = false;
  return async (error) => {
    parts.log(`An error that nobody caught: ${describe(error)}`);
    if (isRecovering) return;
    isRecovering = true;
    try {
      await parts.closeStudio();
    } catch (closingError) {
      parts.log(`The studio could not be closed: ${describe(closingError)}`);
    }
    if (parts.now() - parts.startedMs >= SHORTEST_LIFE_MS) parts.relaunch();
    else {
      parts.tell(
        `SimGAN Studio met a fault and has to end. What was saved is whole. The log says more.\n\n${describe(error)}`,
      );
    }
    parts.exit(1);
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
