import { mkdir, rename, rm } from 'node:fs/promises';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simganJson } from '../support/simgan.ts';
import { goTo } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

/** 500 synthetic eyes, 40 as a camera sees them (copied out, so that their folder can be moved), and 20 hands. */
async function makeLibrary(folder: string): Promise<string> {
  const library = join(folder, 'data.simgan');
  await simganJson(folder, 'init', library);
  const at = ['--library', library];
  await simganJson(folder, 'simulate', 'eye', '--count', '500', ...at);
  await simganJson(folder, 'simulate', 'hand', '--count', '20', ...at);
  const other = join(folder, 'other.simgan');
  await simganJson(folder, 'init', other);
  await simganJson(folder, 'simulate', 'eye', '--count', '40', '--look', 'camera', '--library', other);
  await mkdir(join(folder, 'photos'));
  await rename(join(other, 'images'), join(folder, 'photos', 'eyes'));
  await simganJson(folder, 'import', 'real', join(folder, 'photos'), '--format', 'plain-folder', ...at);
  return library;
}

const cell = (page: Page, place: number) =>
  page.getByRole('gridcell', { name: new RegExp(`^image ${place} of `) });
/** −1 where no image has the focus. */
const focusedPlace = (page: Page): Promise<number> =>
  page.evaluate<number>(`Number(document.activeElement?.getAttribute('data-place') ?? -1)`);

describe.skipIf(!hasBrowser)('data', () => {
  let folder: string;
  let studio: StudioWindow;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'simgan-data-'));
    studio = await openStudioWindow({ library: await makeLibrary(folder), roots: [folder] });
  });
  afterAll(async () => {
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows every image with its labels, says what each is, and breaks no rule of WCAG in either theme', async () => {
    const { page } = studio;
    await goTo(page, '/data');
    await page.getByRole('grid', { name: '560 images in a grid' }).waitFor();
    await cell(page, 1).click();
    await expect
      .poll(() => cell(page, 1).getAttribute('aria-label'))
      .toMatch(/^image 1 of 560, synthetic, yaw -?\d+\.\d°, pitch -?\d+\.\d°, \d+ of 34 keypoints visible$/);
    await page.getByRole('complementary', { name: 'Inspector' }).getByText('55 × 35 px, 8 bits').waitFor();
    await takePictures(page, 'data-grid');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Back to the grid' }).waitFor();
    await takePictures(page, 'data-loupe');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('grid').waitFor();
  });

  it('keeps the focus on its image in a window of another width', async () => {
    const { page } = studio;
    await goTo(page, '/data');
    await cell(page, 1).click();
    await page.keyboard.press('ArrowDown');
    const columns = (): Promise<string | null> => page.getByRole('grid').getAttribute('aria-colcount');
    const focused = (): Promise<number> =>
      page.evaluate<number>(`Number(document.activeElement?.getAttribute('data-place') ?? -1)`);
    const [place, before, size] = [await focused(), await columns(), page.viewportSize()];
    expect(place).toBeGreaterThan(0);
    await page.setViewportSize({ width: 1024, height: 700 });
    await expect.poll(columns).not.toBe(before);
    await expect.poll(focused).toBe(place);
    if (size) await page.setViewportSize(size);
    await expect.poll(columns).toBe(before);
    await expect.poll(focused).toBe(place);
  });

  it('goes through images, chooses and excludes 500 by keys alone, and takes that back', async () => {
    const { page } = studio;
    await goTo(page, '/data?label=gaze');
    await page.getByRole('grid', { name: '500 images in a grid' }).waitFor();
    await page.keyboard.press('F6');
    for (let tries = 0; tries < 80; tries += 1) {
      if ((await focusedPlace(page)) >= 0) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => focusedPlace(page)).toBe(2);
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    await page.getByText('500 selected').waitFor();
    await page.keyboard.press('x');
    await page
      .getByRole('gridcell', { name: /excluded: excluded by hand/ })
      .first()
      .waitFor();
    await page.keyboard.press('Control+z');
    await page
      .getByRole('gridcell', { name: /excluded/ })
      .first()
      .waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+g');
    await page.getByLabel('Place').fill('321');
    await page.keyboard.press('Enter');
    await expect.poll(() => focusedPlace(page)).toBe(320);
  });

  it('filters by a range with keys, by tags and text; the address keeps it, and nothing found says so', async () => {
    const { page } = studio;
    await goTo(page, '/data?label=gaze');
    await page.getByRole('grid', { name: '500 images in a grid' }).waitFor();
    // The list is where the last test left it.
    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('Home');
    await cell(page, 1).click();
    await page.keyboard.press('t');
    await page.getByRole('dialog').getByLabel('Tag', { exact: true }).fill('sharp');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: /^sharp/ }).check();
    await page.getByRole('grid', { name: '1 image in a grid' }).waitFor();
    await page.getByRole('button', { name: 'Remove the filter: tag sharp' }).click();
    await page.getByRole('grid', { name: '500 images in a grid' }).waitFor();

    await page.getByRole('slider', { name: 'Yaw (left +): from' }).focus();
    for (let step = 0; step < 10; step += 1) await page.keyboard.press('PageUp');
    await page.getByRole('button', { name: /^Remove the filter: Yaw/ }).waitFor();
    // Every press is a search of its own: the last one's answer counts.
    await page.locator('[role=grid]:not([aria-busy])').waitFor();
    const narrowed = await page.getByRole('grid').getAttribute('aria-label');
    expect(narrowed).not.toBe('500 images in a grid');
    await page.reload();
    await page.getByRole('grid', { name: narrowed ?? '' }).waitFor();

    await page.getByRole('searchbox', { name: 'Part of the path' }).fill('no such path');
    await page.getByRole('heading', { name: '0 of 560 images match' }).waitFor();
    await takePictures(page, 'data-nothing-found');
    await page.getByRole('main').getByRole('button', { name: 'Clear filters' }).last().click();
    await page.getByRole('grid', { name: '560 images in a grid' }).waitFor();
  });

  it('saves a search as a view and comes back to it', async () => {
    const { page } = studio;
    await goTo(page, '/data?role=real');
    await page.getByRole('grid', { name: '40 images in a grid' }).waitFor();
    await page.getByRole('button', { name: 'Save this search as a view' }).click();
    await page.getByLabel('Name of the view').fill('photos');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('grid', { name: '560 images in a grid' }).waitFor();
    await page.getByRole('button', { name: 'photos', exact: true }).click();
    await page.getByRole('grid', { name: '40 images in a grid' }).waitFor();
  });

  it('corrects a label by keys, says who did, and takes it back', async () => {
    const { page } = studio;
    await goTo(page, '/data?label=gaze');
    await page.getByRole('grid', { name: '500 images in a grid' }).waitFor();
    await cell(page, 2).click();
    await page.getByRole('gridcell', { name: /^image 2 of 500, synthetic, yaw/ }).waitFor();
    const before = await cell(page, 2).getAttribute('aria-label');
    await page.getByRole('button', { name: 'Correct the label' }).click();
    await page.getByRole('button', { name: /^Gaze, pitch/ }).focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await takePictures(page, 'data-correcting');
    await page.getByRole('button', { name: 'Save the correction' }).click();
    await page.getByRole('gridcell', { name: /label corrected by hand/ }).waitFor();
    await page
      .getByRole('complementary', { name: 'Inspector' })
      .getByText('corrected by hand')
      .first()
      .waitFor();
    await cell(page, 2).focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => cell(page, 2).getAttribute('aria-label')).toBe(before);
  });

  it('finds a moved folder again by one of its images', async () => {
    const { page } = studio;
    await rename(join(folder, 'photos'), join(folder, 'moved'));
    await goTo(page, '/data?role=real');
    await page.getByRole('button', { name: 'What to do with photos' }).click();
    await page.getByRole('menuitem', { name: 'Look for missing files' }).click();
    await page
      .getByRole('gridcell', { name: /file missing/ })
      .first()
      .waitFor();
    await cell(page, 1).click();
    await takePictures(page, 'data-missing');
    const relink = page.getByRole('button', { name: 'Relink …' });
    const path = await page.getByRole('complementary', { name: 'Inspector' }).locator('.path').textContent();
    const parts = (path ?? '').trim().split('/');
    await relink.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Path' }).fill(join(folder, 'moved', ...parts.slice(0, -1)));
    await dialog.getByRole('button', { name: 'Go', exact: true }).click();
    await dialog.getByText(parts.at(-1) ?? '', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Use this image' }).click();
    // The message about it goes away by itself; what lasts is that no file is missing.
    await page
      .getByRole('gridcell', { name: /file missing/ })
      .first()
      .waitFor({ state: 'detached' });
    expect(studio.faults.filter((fault) => !fault.includes('404'))).toEqual([]);
  });
});

/** Real eyes and renders that are not part of the project; see its README. */
const SHARED = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const hasShared = existsSync(SHARED);
if (!hasShared) process.stdout.write('No ../shared/data here: real eyes are not looked at.\n');

describe.skipIf(!hasBrowser || !hasShared)('real eyes', () => {
  it('are shown beside renders, whose gaze is read from their names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simgan-real-'));
    const library = join(folder, 'real.simgan');
    await simganJson(folder, 'init', library);
    const at = ['--library', library];
    await simganJson(folder, 'import', 'real', join(SHARED, 'mpiigaze-crops'), ...at);
    await simganJson(folder, 'import', 'synthetic', join(SHARED, 'syntheseyes'), ...at);
    const studio = await openStudioWindow({ library, roots: [folder, SHARED] });
    const { page } = studio;
    await goTo(page, '/data');
    await page.getByRole('grid', { name: '196 images in a grid' }).waitFor();
    await goTo(page, '/data?role=synthetic&sort=-yawRad');
    await page.getByRole('grid', { name: '52 images in a grid' }).waitFor();
    await expect
      .poll(() => cell(page, 1).getAttribute('aria-label'))
      .toMatch(/^image 1 of 52, synthetic, yaw [1-9]/);
    await takePictures(page, 'data-real');
    expect(studio.faults).toEqual([]);
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });
});
