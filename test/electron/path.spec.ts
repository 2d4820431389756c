import { readFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerFolderDialog,
  ask,
  electron,
  openDesktop,
  type Desktop,
  type Running,
} from '../support/electron/desktop.ts';
import { goTo, startRun, waitForStatus } from '../e2e/support/eye-window.ts';
import { drawEyes } from '../support/drawn-eyes.ts';
import { createEyeLibrary } from '../support/eye-library.ts';

/** The whole path in one window, as a user goes it: each step is asserted on what the page shows. */
describe.skipIf(electron === null)('the path through the desktop program', () => {
  let desktop: Desktop;
  let running: Running;
  beforeAll(async () => {
    desktop = await openDesktop();
    running = await desktop.start();
    await ask(running.page, 'settings.set', { engine: 'wasm', threads: 2 });
  });
  afterAll(() => desktop.close());

  it('makes the sample library and shows its training live: steps, curves, samples; pause, resume, stop', async () => {
    const { page, look } = running;
    await page.getByRole('button', { name: 'Try the sample library' }).click();
    await page.waitForURL(/#\/runs\/\d+/);
    await waitForStatus(page, 'training');
    const step = async (): Promise<number> => {
      const text = await page
        .getByText(/^step [\d,]+ of [\d,]+/)
        .first()
        .innerText();
      return Number(/^step ([\d,]+)/.exec(text)?.[1].replaceAll(',', ''));
    };
    await expect.poll(step, { interval: 200 }).toBeGreaterThan(10);
    await page.getByRole('application').first().waitFor();
    await page.getByRole('img', { name: /^Refined, \d+ samples, step/ }).waitFor();
    await look('sample-training');
    await page.keyboard.press('Control+.');
    await waitForStatus(page, 'paused');
    const paused = await step();
    await page.getByRole('main').getByRole('button', { name: 'Resume', exact: true }).click();
    await waitForStatus(page, 'training');
    await expect.poll(step, { interval: 200 }).toBeGreaterThan(paused);
    await page.getByRole('main').getByRole('button', { name: 'Stop and save' }).click();
    await waitForStatus(page, 'stopped');
    await look('sample-stopped');
  });

  it('imports a folder that the native dialog gives', async () => {
    const { page, application, look } = running;
    const library = join(desktop.folder, 'Path.simgan');
    (await createEyeLibrary(library, 40)).close();
    await desktop.own(library);
    await ask(page, 'library.open', { folder: library });
    const images = join(desktop.folder, 'renders');
    await drawEyes(images, { count: 20, broken: 1, mirrored: false });
    await desktop.own(images);
    await answerFolderDialog(application, images);
    await page.keyboard.press('Control+i');
    await page.getByRole('heading', { name: 'Import images' }).waitFor();
    await page.getByRole('button', { name: 'Browse …' }).click();
    await page.getByText('Recognised', { exact: true }).waitFor();
    const next = () => page.getByRole('button', { name: 'Next' }).click();
    await next();
    await page.locator('figure').nth(1).waitFor();
    await look('import');
    await next();
    await page.getByLabel('Width').waitFor();
    await next();
    await page.getByRole('button', { name: 'Import the images' }).click();
    await expect
      .poll(async () => (await ask<{ images: number }[]>(page, 'datasets.list', {})).map((one) => one.images))
      .toEqual([40, 40, 19]);
  });

  it('trains, refines, measures, exports and verifies', async () => {
    const { page, application, look } = running;
    await startRun(page, { name: 'short' });
    await waitForStatus(page, 'done');
    await look('run-done');
    await goTo(page, '/export');
    await page.getByRole('button', { name: 'Refine the dataset' }).click();
    await page
      .getByRole('img', { name: /^Refined image \d+$/ })
      .first()
      .waitFor();
    await goTo(page, '/evaluate');
    await page.getByRole('main').getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByRole('table', { name: /^What was measured/ }).waitFor({ timeout: 240_000 });
    await look('evaluate');

    const folder = join(desktop.folder, 'refined');
    await mkdir(folder);
    await desktop.own(folder);
    await answerFolderDialog(application, folder);
    await goTo(page, '/export');
    await page.getByRole('button', { name: 'Choose a folder …' }).click();
    await page.getByText(folder).first().waitFor();
    await page.keyboard.press('Control+e');
    await page
      .getByText(/images exported to .*refined/)
      .first()
      .waitFor();
    const labels = (await readFile(join(folder, 'labels.jsonl'), 'utf8')).trim().split('\n');
    expect(labels.length).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Verify' }).first().click();
    await page.getByText(/Intact: \d+ files are as they were exported\./).waitFor();
    await look('verified');
  });
});
