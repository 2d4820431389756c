import { open, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../../base/atomic-file.ts';
import { explainWriteError, systemCodeOf } from '../../base/studio-error.ts';

/** Writes files so that each is whole or not there, and leaves those alone that are right already. */
export interface ImageStore {
  /**
   * @param path relative to the export
   * @throws StudioError 'storage' where the disk is full or refuses; nothing half is left
   */
  put(path: string, bytes: Uint8Array): Promise<'written' | 'kept'>;
  /** Makes the names of all that was put survive a power cut. */
  flush(): Promise<void>;
}

/**
 * An image counts as finished where its file holds the very bytes: no journal that could disagree with the disk, and
 * a file that was torn or changed is written anew.
 * @param mayHold whether anything can be there already: looking for it has a price
 */
export function createImageStore(folder: string, workFolder: string, mayHold: boolean): ImageStore {
  const madeFolders = new Map<string, Promise<unknown>>();
  let sequence = 0;

  const makeFolder = (path: string): Promise<unknown> => {
    const made = madeFolders.get(path) ?? mkdir(path, { recursive: true });
    madeFolders.set(path, made);
    return made;
  };
  return {
    async put(path, bytes) {
      const target = join(folder, path);
      const temporary = join(workFolder, `${sequence++}.tmp`);
      try {
        if (mayHold && (await holds(target, bytes))) return 'kept';
        await makeFolder(dirname(target));
        const handle = await open(temporary, 'w');
        try {
          await handle.writeFile(bytes);
          await handle.datasync();
        } finally {
          await handle.close();
        }
        await rename(temporary, target);
        return 'written';
      } catch (error) {
        await rm(temporary, { force: true });
        throw explainWriteError(error, target);
      }
    },
    async flush() {
      const folders = new Set<string>();
      for (const made of madeFolders.keys()) {
        for (let path = made; path.startsWith(folder) && !folders.has(path); path = dirname(path)) {
          folders.add(path);
        }
      }
      for (const path of folders) await syncFolder(path);
    },
  };
}

async function holds(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return (await readFile(path)).equals(bytes);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
