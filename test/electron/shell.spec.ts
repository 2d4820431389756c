import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronApplication } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEyeLibrary } from '../support/eye-library.ts';
import {
  answerBoxes,
  ask,
  askedBoxes,
  electron,
  openDesktop,
  type Desktop,
} from '../support/electron/desktop.ts';

/** The program in a real Electron: what it allows, how it starts, and its menus. */
describe.skipIf(electron === null)('the desktop program', () => {
  let desktop: Desktop;
  beforeEach(async () => {
    desktop = await openDesktop();
  });
  afterEach(() => desktop.close());

  it('starts with a sandboxed page that has the studio and nothing of Electron or Node', async () => {
    const { page, application, processesOf, look } = await desktop.start();
    expect(page.url()).toMatch(/^simgan:\/\/studio\//);
    await page.getByRole('button', { name: 'Try the sample library' }).waitFor();
    await look('first-start');
    expect(await ask(page, 'system.info', {})).toMatchObject({ shell: 'electron' });
    expect(await page.evaluate(`[typeof require, typeof process, typeof window.ipcRenderer]`)).toEqual([
      'undefined',
      'undefined',
      'undefined',
    ]);
    await page.evaluate(`location.href = 'https://example.org/'`);
    expect(page.url()).toMatch(/^simgan:\/\/studio\//);
    expect(await page.evaluate(`String(window.open('https://example.org/'))`)).toBe('null');
    expect(await page.evaluate(`fetch('https://example.org/').catch((error) => error.name)`)).toBe(
      'TypeError',
    );
    for (const id of processesOf('--type=renderer')) {
      const status = await readFile(`/proc/${id}/status`, 'utf8');
      expect(status).toMatch(/^Seccomp:\s+2$/m);
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    }
    expect(processesOf('--type=renderer').length).toBeGreaterThan(0);
    expect(await application.evaluate(({ app }) => app.commandLine.hasSwitch('no-sandbox'))).toBe(false);
  });

  it('opens a library with unusual letters that the command line names, and shows its pictures', async () => {
    const library = join(desktop.folder, 'Åé 日本.simgan');
    (await createEyeLibrary(library, 12)).close();
    await desktop.own(library);
    const { page, application, look } = await desktop.start(library);
    const title = () =>
      application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().at(0)?.getTitle());
    await expect.poll(title).toBe('Åé 日本 – SimGAN Studio');
    await page.getByRole('link', { name: /^Data/ }).click();
    await page.locator('main img').first().waitFor();
    await expect
      .poll(() => page.evaluate<number>(`document.querySelector('main img')?.naturalWidth ?? 0`))
      .toBeGreaterThan(0);
    await look('library-by-argument');
  });

  it('a second start brings up the first one, and opens the library that it names', async () => {
    const library = join(desktop.folder, 'Second.simgan');
    (await createEyeLibrary(library, 12)).close();
    await desktop.own(library);
    const { page, application } = await desktop.start();
    await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    desktop.startAgain(library);
    await expect.poll(() => ask(page, 'library.current', {})).toMatchObject({ folder: library });
    await page.getByRole('link', { name: /^Data/ }).waitFor();
    expect(
      await application.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((one) => one.isMinimized()),
      ),
    ).toEqual([false]);
  });

  it('has every action in its menus, and does what an item says', async () => {
    const { page, application } = await desktop.start();
    const labels = await application.evaluate(({ Menu }) =>
      (Menu.getApplicationMenu()?.items ?? []).map((item) => item.label),
    );
    expect(labels).toEqual(['&File', '&Edit', '&View', '&Go', '&Train', '&Results', '&Window', '&Help']);
    await clickItem(application, 'palette');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('tells in its menu what it is', async () => {
    const { application } = await desktop.start();
    await answerBoxes(application, 0);
    await clickItem(application, 'about');
    await expect.poll(() => askedBoxes(application)).toHaveLength(1);
    const [{ message, detail }] = await askedBoxes(application);
    expect(message).toMatch(/^SimGAN Studio \d+\.\d+\.\d+$/);
    expect(detail).toMatch(/Electron \d+/);
  });
});

/** Chooses an item of the menu bar by its id. */
async function clickItem(application: ElectronApplication, id: string): Promise<void> {
  await application.evaluate(({ Menu }, item) => {
    Menu.getApplicationMenu()?.getMenuItemById(item)?.click();
  }, id);
}
