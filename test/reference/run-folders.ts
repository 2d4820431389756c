import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openEngine, type Engine } from '../../core/engine/engine.ts';

/** For a file of tests that train: the embedded engine is open while they run, and each run gets a new folder of its own. */
export function useRunFolders(): () => string {
  let engine: Engine;
  let folder: string;
  let runs = 0;
  beforeAll(async () => {
    engine = await openEngine('wasm', { threads: 1 });
    folder = await mkdtemp(join(tmpdir(), 'simgan-runs-'));
  });
  afterAll(async () => {
    engine.dispose();
    await rm(folder, { recursive: true });
  });
  return () => join(folder, `run-${runs++}`);
}
