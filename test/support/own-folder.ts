import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A folder for all tests of a describe block; made before their own preparations, and gone after them. */
export function ownFolder(): { folder(): string } {
  let folder: string | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simgan-own-'));
  });
  afterAll(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  return {
    folder() {
      if (folder === undefined) throw new Error('The folder is there once the tests have begun.');
      return folder;
    },
  };
}
