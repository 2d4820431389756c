import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomic } from '../core/base/atomic-file.ts';

/** Which folder was chosen last, for each purpose of a dialog. */
export interface FolderMemory {
  last(purpose: string): string | undefined;
  remember(purpose: string, folder: string): Promise<void>;
}

const memorySchema = z.record(z.string(), z.string());

/** Kept in a file. A damaged or missing one is an empty memory: nothing of worth is in it. */
export function openFolderMemory(file: string): FolderMemory {
  const folders = new Map(Object.entries(read(file)));
  return {
    last: (purpose) => folders.get(purpose),
    async remember(purpose, folder) {
      folders.set(purpose, folder);
      await writeFileAtomic(file, `${JSON.stringify(Object.fromEntries(folders), undefined, 2)}\n`);
    },
  };
}

function read(file: string): Record<string, string> {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
