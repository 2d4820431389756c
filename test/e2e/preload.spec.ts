import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StudioEvent } from '../../core/contract/events.ts';
import { createSchemeHandler } from '../../electron/app-scheme.ts';
import { channels } from '../../electron/channels.ts';
import { serveStudio, type MessageHub, type MessageSender } from '../../electron/ipc.ts';
import { buildShell } from '../support/electron-stand-in/started-shell.ts';
import { serveStudio as startStudio, type ServedStudio } from '../support/served-studio.ts';
import { findChromium } from './support/chromium.ts';
import { hasBrowser } from './support/studio-window.ts';
import { firstScreen } from '../support/window-page.ts';

/** Serves as the scheme's origin: Chromium alone knows no "simgan:". */
const ORIGIN = 'https://studio.test';

/**
 * The built preload and the built window in the browser that Electron is made of, on the shell's own scheme handler and
 * messages. `require('electron')` of the preload is the only thing that stands in.
 */
describe.skipIf(!hasBrowser)('the window on the shell’s bridge', () => {
  let built: string;
  let served: ServedStudio;
  let browser: Browser;
  let page: Page;
  let command: (event: StudioEvent) => void;
  const faults: string[] = [];

  beforeAll(async () => {
    built = buildShell(`electron-preload-${process.pid}`);
    await cp(inject('windowFolder'), join(built, 'renderer'), { recursive: true });
    served = await startStudio();
    const executablePath = findChromium();
    browser = await chromium.launch({
      ...(executablePath !== undefined && { executablePath }),
      args: ['--no-sandbox'],
    });
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    command = await connectPreload(
      page,
      served,
      await readFile(join(built, 'electron', 'preload.cjs'), 'utf8'),
    );
    const answer = createSchemeHandler(served.studio, join(built, 'renderer'));
    await page.route(`${ORIGIN}/**`, async (route) => {
      const url = route.request().url().replace(ORIGIN, 'simgan://studio');
      const response = await answer({
        method: route.request().method(),
        url,
        headers: new Headers(await route.request().allHeaders()),
      });
      await route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      });
    });
    await page.goto(`${ORIGIN}/`);
    await firstScreen(page);
  });
  afterAll(async () => {
    await browser.close();
    await served[Symbol.asyncDispose]();
    await rm(built, { recursive: true, force: true });
  });

  it('shows itself within its policy', async () => {
    await page.getByRole('heading').first().waitFor();
    expect(faults).toEqual([]);
  });

  it('calls operations, gets failures as what they are, and hears events', async () => {
    const folder = join(served.folder, 'Bridge.simgan');
    const [name, code, remedy] = await page.evaluate<string[]>(`(async () => {
      const library = await window.studio.library.create({ folder: ${JSON.stringify(folder)}, name: 'Bridge' });
      const failure = await window.studio.runs.get({ id: 99 }).catch((error) => error);
      return [library.name, failure.code, failure.remedy];
    })()`);
    expect([name, code]).toEqual(['Bridge', 'not-found']);
    expect(remedy).not.toBe('');
    await page.getByRole('link', { name: /^Data/ }).waitFor();
  });

  it('does what a menu item says', async () => {
    command({ type: 'command', action: 'palette' });
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    expect(faults).toEqual([]);
  });
});

/** Gives a page the preload, as Electron does before the page's own scripts. Returns the main process's way to it. */
async function connectPreload(
  page: Page,
  served: ServedStudio,
  preload: string,
): Promise<(event: StudioEvent) => void> {
  let toMain: Parameters<MessageHub['handle']>[1] | undefined;
  let onListening: Parameters<MessageHub['on']>[1] | undefined;
  const contents: MessageSender = {
    id: 1,
    send: (_, value) => void page.evaluate(`window.__event(${JSON.stringify(value)})`).catch(() => undefined),
    isDestroyed: () => page.isClosed(),
    once: () => undefined,
  };
  const event = { sender: contents, senderFrame: { url: 'simgan://studio/', parent: null } };
  const { send } = serveStudio(
    { handle: (_, handler) => (toMain = handler), on: (_, listener) => (onListening = listener) },
    served.studio,
    (id) => id === 1,
  );
  await page.exposeFunction('__invoke', async (name: string, input: unknown) => toMain?.(event, name, input));
  await page.exposeFunction('__listening', () => onListening?.(event));
  await page.addInitScript(`{
    const electron = {
      contextBridge: { exposeInMainWorld: (name, value) => Object.defineProperty(window, name, { value }) },
      ipcRenderer: {
        invoke: (channel, name, input) => window.__invoke(name, input),
        on: (channel, listener) => { window.__event = (value) => listener({}, value); },
        send: (channel) => { if (channel === ${JSON.stringify(channels.listening)}) window.__listening(); },
      },
      webUtils: { getPathForFile: () => '' },
    };
    const process = { platform: 'linux' };
    ((require, module, exports, process) => { ${preload}
    })(() => electron, {}, {}, process);
  }`);
  return send;
}
