/** What the user wants with work that is going on when they quit. */
export type QuitChoice = 'save-and-quit' | 'keep-in-tray' | 'cancel';

export interface QuitParts {
  readonly isBusy: () => boolean;
  readonly ask: () => Promise<QuitChoice>;
  /** Stops jobs politely, so that a training saves, and closes the library. */
  readonly closeStudio: () => Promise<void>;
  readonly moveToTray: () => void;
  /** Told when saving begins, which may take seconds. */
  readonly onClosing: () => void;
  /** Ends the program; nothing is asked any more. */
  readonly exit: () => void;
  readonly onFault: (error: unknown) => void;
  /** A studio that has not closed by then is left: what it has saved is whole, and its workers end with it. */
  readonly closeLimitMs: number;
}

export interface QuitSupervisor {
  /** Somebody wants to quit: asks where work is going on. A second wish while one is being answered changes nothing. */
  request(): Promise<void>;
  /** The system goes down or logs off: saves without asking. */
  closeNow(): Promise<void>;
  /** Whether everything is closed, so that windows may go. */
  isClosed(): boolean;
}

/** Lets the program end only when the studio is closed. */
export function createQuitSupervisor(parts: QuitParts): QuitSupervisor {
  let asking = false;
  let closing: Promise<void> | undefined;
  let isClosed = false;

  const closeNow = (): Promise<void> => {
    closing ??= close(parts).then(() => {
      isClosed = true;
      parts.exit();
    });
    return closing;
  };

  return {
    async request() {
      if (closing !== undefined) return closing;
      if (asking) return;
      if (!parts.isBusy()) return closeNow();
      asking = true;
      try {
        const choice = await parts.ask();
        switch (choice) {
          case 'save-and-quit':
            await closeNow();
            return;
          case 'keep-in-tray':
            parts.moveToTray();
            return;
          case 'cancel':
            return;
        }
      } finally {
        asking = false;
      }
    },
    closeNow,
    isClosed: () => isClosed,
  };
}

async function close(parts: QuitParts): Promise<void> {
  parts.onClosing();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      parts.onFault(new Error(`The studio did not close within ${parts.closeLimitMs / 1000} seconds.`));
      resolve();
    }, parts.closeLimitMs);
  });
  const closed = parts.closeStudio().catch((error: unknown) => parts.onFault(error));
  await Promise.race([closed, limit]);
  clearTimeout(timer);
}
