import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from './studio-error.ts';

/** The temporary names of `writeFileAtomic` and of pack writers: `.<name>.<8 hex digits>.tmp`. */
const TEMPORARY_NAME = /^\..+\.[0-9a-f]{8}\.tmp$/;

/**
 * Removes what writers that were killed left in a folder (not below it) under a temporary name. Only for a folder in
 * which nobody writes now. A folder that is not there has nothing to clear.
 */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (TEMPORARY_NAME.test(name)) await rm(join(folder, name), { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
