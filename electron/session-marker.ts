import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomic } from '../core/base/atomic-file.ts';

/** A file that is there while the program runs: found at a start, it says that the last session did not end well. */
export interface SessionMarker {
  /** What the last session left behind; undefined where it ended well. */
  readonly left: LeftBehind | undefined;
  /** Writes down which library is open. */
  update(libraryFolder: string | null): Promise<void>;
  /** The session ends well. */
  remove(): void;
}

interface LeftBehind {
  /** The library that was open, to be opened again. Null where it may be what ended the session at its very start. */
  readonly libraryFolder: string | null;
  readonly startedAt: string;
}

const markSchema = z.object({
  libraryFolder: z.string().nullable(),
  startedAt: z.string(),
  /** It came after one that ended badly, and has not lasted yet. */
  isTried: z.boolean().default(false),
});

/** A session that goes on for so long does not end by the library that it opened. */
const LASTING_MS = 60_000;

/**
 * @param lastingMs when a session that came after a bad end counts as one that goes well
 */
export function openSessionMarker(file: string, lastingMs = LASTING_MS): SessionMarker {
  const left = read(file);
  const startedAt = new Date().toISOString();
  // Set by the timer itself: a timer may fire a fraction of a millisecond before a clock says that its time has passed.
  let hasLasted = false;
  let isRemoved = false;
  let openFolder: string | null = null;
  let writing = Promise.resolve();
  const write = (): Promise<void> => {
    writing = writing.then(async () => {
      const isTried = left !== undefined && !hasLasted;
      const mark = { libraryFolder: openFolder, startedAt, isTried };
      if (!isRemoved) await writeFileAtomic(file, `${JSON.stringify(mark)}\n`);
    });
    return writing;
  };
  // Once it has lasted, its library is one to be opened again.
  if (left) {
    setTimeout(() => {
      hasLasted = true;
      void write().catch(() => undefined);
    }, lastingMs).unref();
  }
  return {
    left,
    update(libraryFolder) {
      openFolder = libraryFolder;
      return write();
    },
    remove() {
      isRemoved = true;
      rmSync(file, { force: true });
    },
  };
}

function read(file: string): LeftBehind | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { libraryFolder, startedAt, isTried } = markSchema.parse(JSON.parse(text));
    return { libraryFolder: isTried ? null : libraryFolder, startedAt };
  } catch {
    // Written half: the session ended badly all the same.
    return { libraryFolder: null, startedAt: '' };
  }
}
