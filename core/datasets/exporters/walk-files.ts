import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../base/studio-error.ts';

/** All that is no folder under a folder, as paths relative to `root` with forward slashes; nothing if it is not there. */
export async function* walkFiles(root: string, under = '', signal?: AbortSignal): AsyncGenerator<string> {
  signal?.throwIfAborted();
  try {
    for await (const entry of await opendir(join(root, under))) {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory()) yield* walkFiles(root, path, signal);
      else yield path;
    }
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}
