import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeManyImages } from '../support/many-images.ts';
import { goTo } from './support/eye-window.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

/**
 * More images than an element can be tall for: at the largest thumbnails these rows are taller than browsers draw. How
 * fast a million are is measured by test/bench/window.ts.
 */
const COUNT = 100_000;

const focusedPlace = (page: Page): Promise<number> =>
  page.evaluate<number>(`Number(document.activeElement?.getAttribute('data-place') ?? -1)`);

/** Places of the thumbnails that are in view and decoded. */
const seenPlaces = (page: Page): Promise<number[]> =>
  page.evaluate<number[]>(`(() => {
    const grid = document.querySelector('[role=grid]').getBoundingClientRect();
    return [...document.querySelectorAll('[role=gridcell]')].filter((cell) => {
      const box = cell.getBoundingClientRect();
      const image = cell.querySelector('img');
      return box.bottom > grid.top && box.top < grid.bottom && image?.complete && image.naturalWidth > 0;
    }).map((cell) => Number(cell.getAttribute('data-place')));
  })()`);

describe.skipIf(!hasBrowser)('a hundred thousand images', () => {
  let folder: string;
  let studio: StudioWindow;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simgan-many-'));
    studio = await openStudioWindow({ library: await makeManyImages(folder, COUNT), roots: [folder] });
    await studio.page.evaluate(`localStorage.setItem('simgan.tilePx', '384')`);
    await goTo(studio.page, '/data');
    await studio.page.getByRole('grid', { name: '100,000 images in a grid' }).waitFor();
  });
  afterAll(async () => {
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are reached at both ends and anywhere between, and come with their pictures', async () => {
    const { page } = studio;
    await page.getByRole('gridcell').first().focus();
    await page.keyboard.press('End');
    await expect.poll(() => focusedPlace(page)).toBe(COUNT - 1);
    await expect.poll(async () => Math.max(...(await seenPlaces(page)))).toBe(COUNT - 1);
    await page.keyboard.press('Home');
    await expect.poll(() => focusedPlace(page)).toBe(0);
    await expect.poll(async () => Math.min(...(await seenPlaces(page)))).toBe(0);

    await page.evaluate(`(() => {
      const grid = document.querySelector('[role=grid]');
      grid.scrollTop = (grid.scrollHeight - grid.clientHeight) / 2;
    })()`);
    await expect.poll(async () => (await seenPlaces(page))[0] ?? 0).toBeGreaterThan(COUNT * 0.4);
    const [middle = 0] = await seenPlaces(page);
    expect(middle).toBeLessThan(COUNT * 0.6);

    // A turn of the wheel goes on by a row or so, not by thousands.
    await page.mouse.move(500, 400);
    await page.mouse.wheel(0, 400);
    await expect.poll(async () => (await seenPlaces(page))[0] ?? 0).toBeGreaterThan(middle);
    expect((await seenPlaces(page))[0]).toBeLessThan(middle + 20);
  });

  it('keeps the focus on its image, however far the list is scrolled away from it', async () => {
    const { page } = studio;
    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focusedPlace(page)).toBeGreaterThan(0);
    const place = await focusedPlace(page);
    for (const share of [0.5, 0.7, 0.4]) {
      await page.evaluate(`(() => {
        const grid = document.querySelector('[role=grid]');
        grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * ${share};
      })()`);
      await expect.poll(async () => (await seenPlaces(page))[0] ?? 0).toBeGreaterThan(COUNT * 0.05);
      expect(await focusedPlace(page)).toBe(place);
    }
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => focusedPlace(page)).toBe(place + 1);
    await expect.poll(() => seenPlaces(page)).toContain(place + 1);
  });

  it('keeps few elements, whatever was scrolled past', async () => {
    const { page } = studio;
    const cells = await page.getByRole('gridcell').count();
    expect(cells).toBeLessThan(100);
  });

  it('all are chosen, excluded and taken back as one', async () => {
    const { page } = studio;
    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('Control+a');
    await page.getByText('100,000 selected').waitFor();
    await page.keyboard.press('x');
    await page.getByText('Excluded 100,000 images: excluded by hand').first().waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('Undone: Excluded 100,000 images').first().waitFor();
    expect(studio.faults).toEqual([]);
  });
});
