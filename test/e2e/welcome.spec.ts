import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('the welcome', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openStudioWindow();
  });
  afterAll(() => studio.close());

  it('breaks no rule of accessibility before there is anything', async () => {
    const { page } = studio;
    await page.getByText('Libraries that you open are listed here.').waitFor();
    await takePictures(page, 'welcome-first');
    expect(await violations(page)).toEqual([]);
  });

  it('makes a library where it is told, and lists it as recent', async () => {
    const { page } = studio;
    await page.keyboard.press('Control+n');
    const dialog = page.getByRole('dialog', { name: 'Where should the new library be?' });
    await dialog.waitFor();
    await dialog.getByText('This folder is empty.').waitFor();
    await dialog.getByLabel('Name of the library').fill('First');
    await takePictures(page, 'welcome-new-library');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create here' }).click();
    await page.getByRole('link', { name: /^Data/ }).waitFor();
    await page.getByRole('link', { name: 'SimGAN Studio' }).click();
    await page.getByRole('heading', { name: 'First' }).waitFor();
    await page.evaluate(
      `window.studio.library.create({ folder: ${JSON.stringify(join(studio.folder, 'Second.simgan'))}, name: null, whenBusy: 'stop' })`,
    );
    await page.getByRole('heading', { name: 'Second' }).waitFor();
    await page.getByRole('button', { name: 'Open First' }).waitFor();
    await takePictures(page, 'welcome-recent');
    expect(await violations(page)).toEqual([]);
  });

  it('says of a library whose folder is gone that it is, and forgets it', async () => {
    const { page } = studio;
    await rm(join(studio.folder, 'First.simgan'), { recursive: true });
    await page.reload();
    await page.getByText('The folder is not there').waitFor();
    await takePictures(page, 'welcome-gone');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Forget First' }).click();
    await page.getByText('is off the list').first().waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Forget First' }).count()).toBe(0);
  });

  it('makes the sample library in place, and goes to its run as soon as that trains', async () => {
    const { page } = studio;
    const startMs = performance.now();
    await page.getByRole('button', { name: 'Try the sample library' }).click();
    await page.getByRole('progressbar', { name: 'Making the sample library' }).first().waitFor();
    await takePictures(page, 'welcome-sample');
    await page.waitForURL(/#\/runs\/\d+/);
    process.stdout.write(
      `sample library to its run: ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`,
    );
    expect(studio.faults).toEqual([]);
  });

  it('shows a picture of a library that has images', async () => {
    const { page } = studio;
    await page.evaluate(
      `window.studio.library.open({ folder: ${JSON.stringify(join(studio.folder, 'Second.simgan'))}, whenBusy: 'stop' })`,
    );
    await page.getByRole('link', { name: 'SimGAN Studio' }).click();
    const sample = page.getByRole('listitem').filter({ hasText: 'Sample eyes' });
    await sample.locator('img').waitFor();
    await expect
      .poll(() => page.evaluate<number>(`document.querySelector('.recent img').naturalWidth`))
      .toBe(55);
    await takePictures(page, 'welcome-pictures');
    expect(await violations(page)).toEqual([]);
  });
});
