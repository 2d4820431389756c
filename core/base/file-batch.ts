import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, temporaryNameOf } from './atomic-file.ts';
import { mapOrdered } from './map-ordered.ts';
import { explainWriteError } from './studio-error.ts';
import { removeTemporaryFiles } from './temporary-files.ts';

/**
 * Many files that are written under temporary names and put in place together, because flushing each as it is written
 * takes several times as long. Folders are made as needed, and cleared of what a killed batch left: nobody else may
 * write there meanwhile. A full disk or a refused write is a `StudioError` ("storage").
 */
export interface FileBatch {
  write(path: string, data: Uint8Array): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** Puts every file given so far in place, whole and safe from a power cut. Only then may a record name them. */
  putInPlace(): Promise<void>;
  /** Removes the files that are not in place. */
  discard(): Promise<void>;
}

interface Pending {
  readonly temporary: string;
  readonly path: string;
}

/** More do not make it faster. */
const FLUSHED_AT_ONCE = 16;

export function createFileBatch(): FileBatch {
  const prepared = new Map<string, Promise<readonly string[]>>();
  const pending = new Set<Pending>();
  const changedFolders = new Set<string>();

  const add = async (path: string, fill: (temporary: string) => Promise<void>): Promise<void> => {
    const folder = dirname(path);
    const temporary = temporaryNameOf(path);
    try {
      const preparing = prepared.get(folder) ?? prepareFolder(folder);
      prepared.set(folder, preparing);
      for (const changed of await preparing) changedFolders.add(changed);
      await fill(temporary);
      pending.add({ temporary, path });
    } catch (error) {
      await rm(temporary, { force: true });
      throw explainWriteError(error, path);
    }
  };
  return {
    write: (path, data) => add(path, (temporary) => writeFile(temporary, data, { flag: 'wx' })),
    copy: (from, to) => add(to, (temporary) => copyFile(from, temporary, COPY_MODE)),
    async putInPlace() {
      const files = [...pending];
      const folders = [...changedFolders];
      changedFolders.clear();
      for await (const file of mapOrdered(files, FLUSHED_AT_ONCE, putFileInPlace)) {
        pending.delete(file);
      }
      for (const folder of folders) await syncFolder(folder);
    },
    async discard() {
      for (const { temporary } of pending) await rm(temporary, { force: true });
      pending.clear();
    },
  };
}

/** Shares the blocks where the file system can. */
const COPY_MODE = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;

/** The folder, and those in which a folder was made for it. */
async function prepareFolder(folder: string): Promise<readonly string[]> {
  const firstMade = await mkdir(folder, { recursive: true });
  await removeTemporaryFiles(folder);
  if (firstMade === undefined) return [folder];
  const changed = [folder];
  for (let path = folder; path.length >= firstMade.length; path = dirname(path)) changed.push(dirname(path));
  return changed;
}

async function putFileInPlace(file: Pending): Promise<Pending> {
  const { temporary, path } = file;
  try {
    // Windows flushes only what is open for writing.
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    return file;
  } catch (error) {
    throw explainWriteError(error, path);
  }
}
