import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { findChromium } from './chromium.ts';
import { firstScreen } from '../../support/window-page.ts';

const ENTRY = join(import.meta.dirname, '..', '..', '..', 'core', 'host', 'simgan.cjs');
const START_MS = 120_000;
const STOP_MS = 15_000;
/** What a busy machine may take to show something. */
const PATIENCE_MS = 120_000;
const ADDRESS = /http:\/\/\S+token=\S+/;

/** False where there is no browser: `describe.skipIf(!hasBrowser)`. */
export const hasBrowser = findChromium() !== undefined;

/** A window on a real host with state, cache and folders of its own. */
export interface StudioWindow {
  readonly page: Page;
  /** The only folder that the studio may look into: for libraries, images and exports. */
  readonly folder: string;
  /** What the page said on its console as an error, and exceptions that nobody caught. */
  readonly faults: readonly string[];
  /** Another window on the same host. */
  open(): Promise<Page>;
  /** Ends the host as a power cut would, and starts it again on the same port. */
  restartHost(): Promise<void>;
  close(): Promise<void>;
}

interface WindowOptions {
  /** Opened by the host before the window is; its folder becomes a root. */
  readonly library?: string;
  readonly roots?: readonly string[];
  readonly width?: number;
  readonly height?: number;
}

/** Starts `simgan serve` and opens its address in Chromium. */
export async function openStudioWindow(options: WindowOptions = {}): Promise<StudioWindow> {
  const root = await mkdtemp(join(tmpdir(), 'simgan-e2e-'));
  const folder = join(root, 'work');
  await mkdir(folder);
  const environment = {
    ...process.env,
    HOME: root,
    XDG_CONFIG_HOME: join(root, 'config'),
    XDG_CACHE_HOME: join(root, 'cache'),
    APPDATA: join(root, 'config'),
    LOCALAPPDATA: join(root, 'cache'),
    SIMGAN_RENDERER_FOLDER: inject('windowFolder'),
  };
  const roots = [folder, ...(options.roots ?? [])].flatMap((path) => ['--root', path]);
  const library = options.library === undefined ? [] : ['--library', options.library];
  const start = (port: number): Promise<StartedHost> =>
    startHost(['serve', '--port', String(port), ...roots, ...library], { folder, environment });

  let host = await start(0);
  const browser = await launch();
  const size = { width: options.width ?? 1280, height: options.height ?? 800 };
  // Without transitions a colour is never on its way from one theme to the other when it is judged.
  const context = await browser.newContext({ viewport: size, colorScheme: 'dark', reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const faults: string[] = [];
  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    // With its cookie a second window needs no token.
    await page.goto(context.pages().length === 1 ? host.url : new URL(host.url).origin);
    await firstScreen(page);
    return page;
  };
  return {
    page: await open(),
    folder,
    faults,
    open,
    async restartHost() {
      host.child.kill('SIGKILL');
      await host.ended;
      host = await start(Number(new URL(host.url).port));
    },
    async close() {
      await browser.close();
      await stop(host);
      await rm(root, { recursive: true, force: true });
    },
  };
}

function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium to open a window in.');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

interface StartedHost {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<void>;
}

function startHost(
  args: readonly string[],
  { folder, environment }: { readonly folder: string; readonly environment: NodeJS.ProcessEnv },
): Promise<StartedHost> {
  // From the top: a library beside or above the place it starts in would be opened.
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd: parse(folder).root, env: environment });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => reject(new Error(`simgan serve ${why}: ${said}`));
    const timer = setTimeout(() => fail('did not say its address'), START_MS);
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const url = ADDRESS.exec(said)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve({ child, url, ended });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended');
    });
  });
}

async function stop({ child, ended }: StartedHost): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
