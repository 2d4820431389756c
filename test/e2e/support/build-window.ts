import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { TestProject } from 'vitest/node';
import { build } from 'vite';
import { findChromium } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the window as it was built for these tests; empty where there is no browser to see it in. */
    readonly windowFolder: string;
  }
}

/** Builds the window once for all tests of a run, in a folder of its own; or takes the build that the environment names. */
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (findChromium() === undefined) {
    process.stdout.write(
      'No Chromium here (SIMGAN_CHROMIUM names another place): the window is not tested.\n',
    );
    project.provide('windowFolder', '');
    return undefined;
  }
  const built = process.env.SIMGAN_RENDERER_FOLDER;
  if (built !== undefined) {
    project.provide('windowFolder', built);
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'simgan-window-'));
  await build({
    configFile: join(import.meta.dirname, '..', '..', '..', 'vite.config.ts'),
    build: { outDir: folder },
    logLevel: 'warn',
  });
  project.provide('windowFolder', folder);
  return () => rm(folder, { recursive: true, force: true });
}
