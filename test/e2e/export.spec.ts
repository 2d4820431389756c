import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { openTrainedWindow, refine } from './support/refined-window.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('exporting', () => {
  let studio: StudioWindow & { readonly runId: number };
  beforeAll(async () => {
    studio = await openTrainedWindow(60);
  });
  afterAll(() => studio.close());

  it('shows what would leave before anything is written', async () => {
    const { page } = studio;
    await refine(page, studio.runId);
    await goTo(page, '/export');
    await page.getByText('60 images will leave').waitFor();
    const pictures = page.getByRole('img', { name: /^Refined image \d+$/ });
    const alts = async (): Promise<(string | null)[]> =>
      await Promise.all((await pictures.all()).map((picture) => picture.getAttribute('alt')));
    const before = await alts();
    expect(before).toHaveLength(24);
    await takePictures(page, 'export');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show others' }).click();
    await expect.poll(alts).not.toEqual(before);
    expect(await alts()).toHaveLength(24);
  });

  it('says at the field what is wrong, and why images stay behind', async () => {
    const { page } = studio;
    const budget = page.getByLabel(/^Drift budget/);
    await budget.fill('none');
    await page.getByText('A number above 0, or nothing.').waitFor();
    await budget.fill('');
    await page.getByText('CSV: a table for spreadsheets and scripts').click();
    await page.getByText('What these formats cannot hold').waitFor();
    await budget.fill('0.0001');
    await page.getByText(/\d+ over the drift budget/).waitFor();
    await takePictures(page, 'export-held-back');
    expect(await violations(page)).toEqual([]);
    await budget.fill('');
    await page.getByText('60 images will leave').waitFor();
    await page.getByRole('button', { name: 'Copy as command line' }).click();
    await page.getByText('The command line is in the clipboard.').first().waitFor();
    const line = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(line).toMatch(/^simgan export .*csv/);
  });

  it('writes the dataset to a folder that is chosen by keyboard, and verifies it', async () => {
    const { page, folder } = studio;
    await page.getByRole('button', { name: 'Choose a folder …' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Path', { exact: true }).fill(folder);
    await page.keyboard.press('Enter');
    // The list of what is in the folder gets the focus when it is there.
    await dialog.getByRole('listbox').and(page.locator(':focus')).waitFor();
    await dialog.getByLabel('Name of the new folder').fill('refined eyes');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+e');
    await page.getByText(/60 images exported to .*refined eyes/).waitFor();
    await page.getByRole('link', { name: 'Measure it' }).waitFor();
    await takePictures(page, 'export-done');
    expect(await violations(page)).toEqual([]);

    const written = join(folder, 'refined eyes');
    const lines = (await readFile(join(written, 'labels.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(60);
    expect(await readdir(written)).toContain('manifest.json');
    await page
      .getByRole('row', { name: /first eyes/ })
      .getByRole('button', { name: 'Verify' })
      .click();
    await page.getByText(/Intact: \d+ files are as they were exported\./).waitFor();
    // Only panes scroll: a page that does pushes the window's own bars out of sight.
    expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBe(0);
    await takePictures(page, 'export-verified');
    expect(await violations(page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });
});
