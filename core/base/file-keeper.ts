import { writeFileAtomic } from './atomic-file.ts';

/** Keeps the newest content of one file on the disk. */
export interface FileKeeper {
  /** Settles when this content, or a newer one, is on the disk; what is outdated before its turn is never written. */
  keep(text: string): Promise<void>;
  /** Settles when nothing is being written. */
  written(): Promise<void>;
}

export function createFileKeeper(path: string): FileKeeper {
  let newest = '';
  let next: Promise<void> | undefined;
  let running: Promise<void> = Promise.resolve();
  return {
    keep(text) {
      newest = text;
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          running = writeFileAtomic(path, newest);
          return running;
        });
      return next;
    },
    written: () => (next ?? running).catch(() => undefined),
  };
}
