import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawEyes, yawOf } from '../support/drawn-eyes.ts';
import { takePictures, violations } from './support/looks.ts';
import { focused, makeLibrary } from './support/steps.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

const FILES = 200;
const BROKEN = 7;

describe.skipIf(!hasBrowser)('the import', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openStudioWindow();
    await makeLibrary(studio.page, join(studio.folder, 'Eyes.simgan'));
    await drawEyes(join(studio.folder, 'renders'), { count: FILES, broken: BROKEN, mirrored: true });
  });
  afterAll(() => studio.close());

  const next = () => studio.page.getByRole('button', { name: 'Next' }).click();

  it('finds a wrong axis, and puts it right in the library', async () => {
    const { page } = studio;
    await page.keyboard.press('Control+i');
    await page.getByRole('heading', { name: 'Import images' }).waitFor();
    await takePictures(page, 'import-choose-empty');
    expect(await violations(page)).toEqual([]);

    await page.getByLabel('Folder').fill(join(studio.folder, 'renders'));
    await page.getByLabel('Folder').press('Enter');
    await page.getByText('Recognised', { exact: true }).waitFor();
    await takePictures(page, 'import-choose');
    expect(await violations(page)).toEqual([]);
    await next();

    const words = (): Promise<string> => page.locator('figure').nth(1).innerText();
    const before = await words();
    await takePictures(page, 'import-labels');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('switch', { name: 'Flip left and right' }).click();
    const after = await words();
    const yaw = (text: string): number => Number(/yaw (-?[\d.]+)/.exec(text)?.[1]);
    expect(yaw(after)).toBe(-yaw(before));
    expect(yaw(after)).not.toBe(0);
    await page.reload();
    await page.getByRole('switch', { name: 'Flip left and right' }).waitFor();
    expect(await page.getByRole('switch', { name: 'Flip left and right' }).isChecked()).toBe(true);
    await next();

    await page.getByLabel('Width').fill('44');
    await page.getByText('Will be 44 × 35, grey.').waitFor();
    await page.getByRole('img', { name: /Grey levels: After/ }).waitFor();
    await takePictures(page, 'import-shape');
    expect(await violations(page)).toEqual([]);
    await next();

    await takePictures(page, 'import-last-look');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import the images' }).click();
    await page
      .getByText(`${FILES - BROKEN} images imported`)
      .first()
      .waitFor();
    expect(studio.faults).toEqual([]);
  });

  it('names every broken file with its reason, and copies the list', async () => {
    const { page } = studio;
    const rows = page.locator('main tbody tr');
    expect(await rows.count()).toBe(BROKEN);
    const reasons = [
      /is damaged.*Replace the file/,
      /is empty.*Replace the file/,
      /no picture of a known kind.*Replace the file/,
      /not listed in labels\.csv.*Add its label/,
      /"nan", which is no number.*Write a number/,
      /beyond 90° and 180°.*degrees/,
      /is not there.*Put the picture back/,
    ];
    for (const [place, reason] of reasons.entries()) {
      const row = rows.filter({ hasText: `eye-00${place}.png` });
      expect(await row.count()).toBe(1);
      expect((await row.locator('td').allInnerTexts()).join(' ')).toMatch(reason);
    }
    await takePictures(page, 'import-report');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Copy the list' }).click();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    const lines = copied.split('\n').map((line) => line.split('\t'));
    expect(lines).toHaveLength(BROKEN);
    // File, line, reason, the reason in words, what to do.
    expect(lines.every((parts) => parts.length === 5 && parts.at(-1) !== '')).toBe(true);
    expect(lines).toContainEqual(expect.arrayContaining(['labels.csv', '5', 'nan-label']));
  });

  it('keeps the labels as they were put right', async () => {
    const found = await studio.page.evaluate<{ path: string; yawRad: number }[]>(`(async () => {
      const { listing, count } = await window.studio.images.open({ filter: {}, sort: { by: 'path' } });
      const images = await window.studio.images.window({ listing, from: 0, count });
      return images.map(({ path, annotations }) => ({ path, yawRad: annotations[0].annotation.yawRad }));
    })()`);
    expect(found).toHaveLength(FILES - BROKEN);
    for (const { path, yawRad } of found) {
      expect(yawRad, path).toBeCloseTo(yawOf(Number(/\d+/.exec(path)?.[0])), 6);
    }
  });

  it('sees degrees that were taken for radians, and reads them as such', async () => {
    const { page } = studio;
    await drawEyes(join(studio.folder, 'degrees'), {
      count: 30,
      broken: 0,
      mirrored: false,
      unit: 'degrees',
    });
    await page.goto(
      `${new URL(page.url()).origin}/#/import?role=synthetic&folder=${encodeURIComponent(join(studio.folder, 'degrees'))}&step=labels`,
    );
    await page.getByText(/angles beyond 90°/).waitFor();
    await takePictures(page, 'import-degrees');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Angles are in degrees' }).click();
    await page.getByText(/angles beyond 90°/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Will be').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Labels put right: Angles are in degrees').waitFor();
    await page.getByRole('button', { name: 'Import the images' }).click();
    await page.getByText('30 images imported').first().waitFor();
    const yaws = await page.evaluate<number[]>(`(async () => {
      const { listing, count } = await window.studio.images.open({ filter: { pathContains: 'eye-02' }, sort: { by: 'path' } });
      const images = await window.studio.images.window({ listing, from: 0, count });
      return images.filter(({ datasetId }) => datasetId === 2).map(({ annotations }) => annotations[0].annotation.yawRad);
    })()`);
    expect(yaws).toEqual(
      Array.from({ length: 10 }, (_, index) => expect.closeTo(yawOf(20 + index), 9) as number),
    );
  });

  it('refuses a synthetic set without labels, until it is said to have none', async () => {
    const { page } = studio;
    const folder = join(studio.folder, 'unknown columns');
    await drawEyes(folder, { count: 12, broken: 0, mirrored: false });
    const rows = Array.from({ length: 12 }, (_, place) => `eye-0${String(place).padStart(2, '0')}.png,3`);
    await writeFile(join(folder, 'labels.csv'), ['file,age', ...rows].join('\n'));
    const address = `${new URL(page.url()).origin}/#/import?role=synthetic&folder=${encodeURIComponent(folder)}`;
    await page.goto(`${address}&step=labels`);
    await page.getByText('Files that may hold labels and were not read:').waitFor();
    await page.getByText(/labels\.csv.*no column holds a label that is known.*age/).waitFor();
    await takePictures(page, 'import-no-labels');
    expect(await violations(page)).toEqual([]);
    await page.goto(`${address}&step=report`);
    await page.getByRole('button', { name: 'Import the images' }).click();
    await page
      .getByText(/None of the 12 images.*gets a label/)
      .first()
      .waitFor();
    await takePictures(page, 'import-refused');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('switch', { name: 'Without labels' }).click();
    await page.getByRole('button', { name: 'Import again' }).click();
    await page.getByText('12 images imported').first().waitFor();
    await page.getByText('Labels for 0 of 12 images').waitFor();
    await takePictures(page, 'import-unlabelled');
    expect(await violations(page)).toEqual([]);
    await page.evaluate(`(async () => {
      const sets = await window.studio.datasets.list({});
      await window.studio.datasets.remove({ id: sets.find(({ name }) => name === 'unknown columns').id });
    })()`);
  });

  it('cancelled leaves nothing', async () => {
    const { page } = studio;
    await drawEyes(join(studio.folder, 'many'), { count: 1500, broken: 0, mirrored: false });
    await page.goto(
      `${new URL(page.url()).origin}/#/import?role=real&folder=${encodeURIComponent(join(studio.folder, 'many'))}&step=report`,
    );
    await page.getByRole('switch', { name: 'Copy the files into the library' }).click();
    await page.getByRole('button', { name: 'Import the images' }).click();
    await page.getByRole('button', { name: 'Cancel the import' }).click();
    await page.getByText('The import was cancelled').waitFor();
    const datasets = await page.evaluate<unknown[]>('window.studio.datasets.list({})');
    expect(datasets).toHaveLength(2);
    const { count } = await page.evaluate<{ count: number }>(
      `window.studio.images.open({ filter: {}, sort: { by: 'id' } })`,
    );
    expect(count).toBe(FILES - BROKEN + 30);
    const copies = await readdir(join(studio.folder, 'Eyes.simgan', 'images'), { recursive: true }).catch(
      () => [],
    );
    expect(copies).toEqual([]);
  });

  it('goes by keyboard alone', async () => {
    const { page } = studio;
    await drawEyes(join(studio.folder, 'by keys'), { count: 20, broken: 0, mirrored: false });
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let tries = 0; tries < 60; tries++) {
        await press('Tab');
        const here = await focused(page);
        if (name.test(here)) return;
      }
      throw new Error(`Tab never came to ${String(name)}`);
    };
    await press('Control+k');
    await page.keyboard.type('import real');
    await press('Enter');
    await page.getByRole('heading', { name: 'Import images' }).waitFor();
    await page.locator('#main').focus();
    await tabTo(/Browse/);
    await press('Enter');
    await page.getByRole('listbox', { name: 'Folders and files' }).waitFor();
    await takePictures(page, 'folder-dialog');
    expect(await violations(page)).toEqual([]);
    // The only root, then its folder by its first letters.
    if ((await page.getByRole('option', { name: 'by keys' }).count()) === 0) await press('Enter');
    await page.getByRole('option', { name: 'by keys' }).waitFor();
    await press('b', 'y', 'Enter');
    await page.getByText('20 images in this folder').waitFor();
    await tabTo(/Use this folder/);
    await press('Enter');
    await page.getByText('Recognised', { exact: true }).waitFor();
    for (const heading of [/no labels|arrows/, /networks see/, /Name of the dataset/]) {
      await page.locator('button:not([aria-disabled])', { hasText: 'Next' }).waitFor();
      await tabTo(/^Next/);
      await press('Enter');
      await page.getByText(heading).first().waitFor();
    }
    await tabTo(/Import the images/);
    await press('Enter');
    await page.getByText('20 images imported').first().waitFor();
    expect(studio.faults).toEqual([]);
  });
});
