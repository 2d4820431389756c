import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomic } from '../core/base/atomic-file.ts';

/** A file that is there while the program runs: found at a start, it says that the last session did not end well. */
export interface SessionMarker {
  /** What the last session left behind; undefined where it ended well. */
  readonly left: { readonly libraryFolder: string | null; readonly startedAt: string } | undefined;
  /** Writes down which library is open. */
  update(libraryFolder: string | null): Promise<void>;
  /** The session ends well. */
  remove(): void;
}

const markSchema = z.object({ libraryFolder: z.string().nullable(), startedAt: z.string() });

export function openSessionMarker(file: string): SessionMarker {
  const left = read(file);
  const startedAt = new Date().toISOString();
  let isRemoved = false;
  let writing = Promise.resolve();
  return {
    left,
    update(libraryFolder) {
      writing = writing.then(async () => {
        if (!isRemoved) await writeFileAtomic(file, `${JSON.stringify({ libraryFolder, startedAt })}\n`);
      });
      return writing;
    },
    remove() {
      isRemoved = true;
      rmSync(file, { force: true });
    },
  };
}

function read(file: string): SessionMarker['left'] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return markSchema.parse(JSON.parse(text));
  } catch {
    // Written half: the session ended badly all the same.
    return { libraryFolder: null, startedAt: '' };
  }
}
