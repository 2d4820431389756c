import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../../base/atomic-file.ts';
import { explainWriteError } from '../../base/studio-error.ts';
import type { SealedFile } from './manifest.ts';
import { createTextFile, type TextFile } from './text-file.ts';

/** Text files that are written in a work folder and put into place together, once all are whole. */
export interface StagedFiles {
  create(file: Pick<SealedFile, 'path' | 'role' | 'format'>): Promise<TextFile>;
  /** Finishes all, moves them into place, and returns them with their hashes in the order of their making. */
  putInPlace(): Promise<SealedFile[]>;
  /** Lets go of what was not put in place. */
  close(): Promise<void>;
}

export function createStagedFiles(folder: string, workFolder: string): StagedFiles {
  const staged: { file: Pick<SealedFile, 'path' | 'role' | 'format'>; text: TextFile; temporary: string }[] =
    [];
  return {
    async create(file) {
      const temporary = join(workFolder, `staged-${staged.length}`);
      const text = await createTextFile(temporary, 'keep');
      staged.push({ file, text, temporary });
      return text;
    },
    async putInPlace() {
      const sealed: SealedFile[] = [];
      for (const { file, text } of staged) sealed.push({ ...file, ...(await text.finish()) });
      const folders = new Set([folder]);
      for (const { file, temporary } of staged) {
        const target = join(folder, file.path);
        await moveInto(temporary, target);
        folders.add(dirname(target));
      }
      for (const path of folders) await syncFolder(path);
      return sealed;
    },
    async close() {
      for (const { text } of staged) await text.close();
    },
  };
}

/** Renames a finished file; its folder is made as needed. Throws a StudioError 'storage' where that is refused. */
export async function moveInto(temporary: string, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await rename(temporary, target);
  } catch (error) {
    throw explainWriteError(error, target);
  }
}
