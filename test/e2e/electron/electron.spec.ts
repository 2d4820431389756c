import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createEyeLibrary } from '../../support/eye-library.ts';
import { buildShell } from '../../support/electron-stand-in/started-shell.ts';
import { electronAbsence, electronBinary } from './binary.ts';

const absence = electronAbsence();
if (absence !== undefined) process.stdout.write(`The shell is not tested in Electron: ${absence}.\n`);

/** The built shell in a real Electron. */
describe.skipIf(absence !== undefined)('the shell in Electron', () => {
  let built: string;
  let home: string;
  let application: ElectronApplication | undefined;

  beforeAll(async () => {
    built = buildShell(`electron-e2e-${process.pid}`);
    await cp(inject('windowFolder'), join(built, 'renderer'), { recursive: true });
  });
  afterAll(() => rm(built, { recursive: true, force: true }));
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'simgan-electron-'));
  });
  afterEach(async () => {
    await application?.close().catch(() => undefined);
    application = undefined;
    await rm(home, { recursive: true, force: true });
  });

  async function start(...words: string[]): Promise<Page> {
    const executablePath = electronBinary();
    if (executablePath === undefined) throw new Error('Electron is gone.');
    application = await _electron.launch({
      executablePath,
      args: [built, `--user-data-dir=${join(home, 'data')}`, ...words],
      env: {
        ...process.env,
        XDG_CONFIG_HOME: home,
        XDG_CACHE_HOME: join(home, 'cache'),
        APPDATA: home,
      },
    });
    const page = await application.firstWindow();
    await page.locator('main').waitFor();
    return page;
  }

  const ask = (page: Page, name: string, input: unknown): Promise<unknown> =>
    page.evaluate(`window.studio.${name}(${JSON.stringify(input)})`);

  it('starts with a locked page that has the studio and nothing of Electron or Node', async () => {
    const page = await start();
    expect(page.url()).toMatch(/^simgan:\/\/studio\//);
    expect(await ask(page, 'system.info', {})).toMatchObject({ shell: 'electron' });
    const known = await page.evaluate(`[typeof require, typeof process, typeof window.ipcRenderer]`);
    expect(known).toEqual(['undefined', 'undefined', 'undefined']);
    await page.evaluate(`location.href = 'https://example.org/'`);
    expect(page.url()).toMatch(/^simgan:\/\/studio\//);
    expect(await page.evaluate(`String(window.open('https://example.org/'))`)).toBe('null');
    const items = await application?.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.length ?? 0);
    expect(items).toBeGreaterThanOrEqual(8);
  });

  it('opens a library that the command line names, and shows its pictures', async () => {
    const library = join(home, 'Åé 日本.simgan');
    (await createEyeLibrary(library, 12)).close();
    const page = await start(library);
    await expect.poll(() => ask(page, 'library.current', {})).toMatchObject({ folder: library });
    const { pictures } = (await ask(page, 'library.current', {})) as { pictures: string };
    const size = await page.evaluate(
      `fetch('/pictures/${pictures}/images/1?size=full').then(async (r) => [r.status, (await r.blob()).size])`,
    );
    expect(size).toEqual([200, expect.any(Number)]);
  });

  it('simulates, trains 20 steps, and asks before it quits while it trains', async () => {
    const page = await start();
    await ask(page, 'library.create', { folder: join(home, 'Eyes.simgan'), name: null });
    for (const look of ['render', 'camera']) {
      const order = { subject: 'eye', look, name: look, count: 60, seed: 1, widthPx: 55, heightPx: 35 };
      await ask(page, 'simulate.start', order);
    }
    const images = () =>
      page.evaluate(`window.studio.datasets.list({}).then((all) => all.map((one) => one.images))`);
    await expect.poll(images).toEqual([60, 60]);
    const trainSteps = (steps: number) =>
      page.evaluate<number>(`(async () => {
        const [synthetic, real] = await window.studio.datasets.list({});
        const preset = (await window.studio.runs.presets({})).find(({ name }) => name === 'test');
        const { runId } = await window.studio.runs.start({
          name: null, config: { ...preset.config, steps: ${steps} }, syntheticDatasetId: synthetic.id,
          realDatasetId: real.id, preprocessing: null, engine: 'wasm', threads: 1,
        });
        return runId;
      })()`);
    const first = await trainSteps(20);
    const statusOf = (id: number) =>
      page.evaluate(`window.studio.runs.get({ id: ${id} }).then((run) => run.status)`);
    await expect.poll(() => statusOf(first)).toBe('done');

    const second = await trainSteps(100_000);
    await expect.poll(() => statusOf(second)).toBe('running');
    // The box has no window that could be clicked on by a test: its answers are given in its place.
    await application?.evaluate(({ app, dialog }) => {
      const answers = [2, 0];
      dialog.showMessageBox = () =>
        Promise.resolve({ response: answers.shift() ?? 0, checkboxChecked: false });
      app.quit();
    });
    expect(await statusOf(second)).toBe('running');
    const ended = application?.waitForEvent('close');
    await application?.evaluate(({ app }) => app.quit());
    await ended;
    const again = await start(join(home, 'Eyes.simgan'));
    await expect.poll(() => ask(again, 'library.current', {})).not.toBeNull();
    const saved = await again.evaluate(
      `window.studio.checkpoints.list({ runId: ${second} }).then((all) => all.length)`,
    );
    expect(saved).toBeGreaterThan(0);
  });
});
