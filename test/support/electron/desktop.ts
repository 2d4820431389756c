import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { ordinaryUser } from './ordinary-user.ts';
import { firstScreen } from '../window-page.ts';

const SCREENS = join(import.meta.dirname, '..', '..', '..', 'test-results', 'electron');
/** What a busy machine may take to show something. */
const PATIENCE_MS = 120_000;

export const electron = inject('electron');

/** A user's computer with the program on it: folders of its own, and any number of starts. */
export interface Desktop {
  /** For libraries, images and exports. */
  readonly folder: string;
  /** Starts the program and waits for its window. */
  readonly start: (...words: string[]) => Promise<Running>;
  /** Starts it a second time beside the first; returns when that start has ended. */
  readonly startAgain: (...words: string[]) => void;
  /** Gives the program's user a folder that the test has made. */
  readonly own: (path: string) => Promise<void>;
  readonly logText: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** A started program. */
export interface Running {
  readonly application: ElectronApplication;
  readonly page: Page;
  /** Of the main process. */
  readonly processId: number;
  /** Process numbers by what the system's list calls them: "SimGAN worker", "renderer". */
  readonly processesOf: (name: string) => number[];
  /** A picture of the page to be looked at: test-results/electron/NAME.png. */
  readonly look: (name: string) => Promise<void>;
  /** Ends when the main process has. */
  readonly ended: Promise<void>;
  readonly kill: () => Promise<void>;
}

export async function openDesktop(): Promise<Desktop> {
  if (electron === null) throw new Error('There is no Electron here.');
  const { runner, program, display } = electron;
  const home = await mkdtemp(join(tmpdir(), 'simgan-desktop-'));
  const folder = join(home, 'Documents');
  const user = await ordinaryUser();
  for (const name of [folder, join(home, 'run')]) await mkdir(name);
  await user.own(home);
  const environment: Record<string, string> = {
    ...(process.env as Record<string, string>),
    ...(display === '' ? {} : { DISPLAY: display }),
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: join(home, 'run'),
    APPDATA: join(home, 'config'),
  };
  const args = (words: readonly string[]): string[] => [
    program,
    `--user-data-dir=${join(home, 'data')}`,
    ...words,
  ];
  const running = new Set<Running>();
  return {
    folder,
    async start(...words) {
      const application = await _electron.launch({
        executablePath: runner,
        chromiumSandbox: true,
        args: args(words),
        env: environment,
        timeout: PATIENCE_MS,
      });
      const started = await follow(application);
      running.add(started);
      void started.ended.then(() => running.delete(started));
      return started;
    },
    startAgain(...words) {
      execFileSync(runner, args(words), { env: environment, stdio: 'ignore', timeout: PATIENCE_MS });
    },
    own: (path) => user.own(path),
    logText: () => readFile(join(home, 'config', 'simgan-studio', 'logs', 'studio.log'), 'utf8'),
    async close() {
      for (const one of [...running]) await one.kill();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function follow(application: ElectronApplication): Promise<Running> {
  const page = await application.firstWindow({ timeout: PATIENCE_MS });
  page.setDefaultTimeout(PATIENCE_MS);
  await firstScreen(page);
  const child = application.process();
  const processId = await application.evaluate(() => process.pid);
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null) resolve();
    child.once('exit', () => resolve());
  });
  return {
    application,
    page,
    processId,
    ended,
    processesOf: (name) =>
      descendantsOf(processId)
        .filter(({ words }) => words.includes(name))
        .map(({ id }) => id),
    async look(name) {
      await mkdir(SCREENS, { recursive: true });
      await page.screenshot({ path: join(SCREENS, `${name}.png`) });
    },
    async kill() {
      for (const { id } of descendantsOf(processId)) killQuietly(id);
      killQuietly(processId);
      await ended;
    },
  };
}

function killQuietly(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch {
    // It has gone already.
  }
}

/** All processes below one, with their command lines. */
function descendantsOf(processId: number): { readonly id: number; readonly words: string }[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const all = lines.map((line) => {
    const [, id, parent, words] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return { id: Number(id), parent: Number(parent), words: words ?? '' };
  });
  const below = (parent: number): typeof all =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.id)]);
  return below(processId);
}

/** Whether a process is there. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

/** Answers the next message boxes of the program, in this order, and keeps what they asked; the last answer stays. */
export async function answerBoxes(application: ElectronApplication, ...buttons: number[]): Promise<void> {
  await application.evaluate(({ dialog }, answers) => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { askedBoxes: asked });
    dialog.showMessageBox = (...values: unknown[]) => {
      asked.push(values.at(-1));
      return Promise.resolve({
        response: (answers.length > 1 ? answers.shift() : answers[0]) ?? 0,
        checkboxChecked: false,
      });
    };
  }, buttons);
}

/** What the message boxes asked since `answerBoxes`. */
export function askedBoxes(
  application: ElectronApplication,
): Promise<{ readonly message: string; readonly detail: string; readonly buttons: string[] }[]> {
  return application.evaluate(() => (globalThis as unknown as { askedBoxes: never[] }).askedBoxes);
}

/** Answers the next folder dialogs of the program by a path. */
export async function answerFolderDialog(application: ElectronApplication, path: string): Promise<void> {
  await application.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, path);
}

/** Calls an operation of the studio from the page, as the window does. */
export function ask<Answer = unknown>(page: Page, name: string, input: unknown): Promise<Answer> {
  return page.evaluate<Answer>(`window.studio.${name}(${JSON.stringify(input)})`);
}
