import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../base/studio-error.ts';

/** What file managers leave behind in any folder that is looked at. */
const IGNORED_NAMES: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * All that is no folder under a folder, as paths relative to `root` with forward slashes, apart from what file managers
 * leave behind; nothing if the folder is not there.
 */
export async function* walkFiles(root: string, under = '', signal?: AbortSignal): AsyncGenerator<string> {
  signal?.throwIfAborted();
  try {
    for await (const entry of await opendir(join(root, under))) {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory()) yield* walkFiles(root, path, signal);
      else if (!IGNORED_NAMES.has(entry.name)) yield path;
    }
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}
