import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openEyeWindow } from './support/eye-window.ts';
import { missedByStyles } from './support/missed-styles.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

const IMAGES = 24;

/** Where the newest message is, what a click on its middle meets, and whether the page scrolls. */
const SEEN = `(() => {
  const toast = [...document.querySelectorAll('ol > li[data-state=open]')].at(-1);
  if (!toast) return null;
  const remPx = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const { left, top, right, bottom } = toast.getBoundingClientRect();
  const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  return {
    isInside: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && right > left && bottom > top,
    isInCorner: innerWidth - right < 2.5 * remPx && innerHeight - bottom < 5 * remPx,
    isOnTop: hit !== null && toast.contains(hit),
    pageScrolls: scrollWidth > clientWidth || scrollHeight > clientHeight,
  };
})()`;

const WELL_SEEN = { isInside: true, isInCorner: true, isOnTop: true, pageScrolls: false };

describe.skipIf(!hasBrowser)('messages of the window', () => {
  let studio: StudioWindow;
  let tags = 0;
  beforeAll(async () => {
    studio = await openEyeWindow(IMAGES);
    await goTo(studio.page, '/data');
    await studio.page.getByRole('grid').waitFor();
  });
  afterAll(() => studio.close());

  /** Tags the first image by the keyboard; the pointer then rests on the message, so that it stays: seen well before that. */
  const tagAndHold = async (page: Page): Promise<void> => {
    tags += 1;
    await page.getByRole('gridcell').first().focus();
    await page.keyboard.press('t');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tag', { exact: true }).fill(`tag ${tags}`);
    await page.keyboard.press('Enter');
    const toast = page.locator('li[data-state=open]', { hasText: `"tag ${tags}"` });
    await toast.waitFor();
    // Before anything that would scroll it into view.
    expect(await page.evaluate(SEEN)).toEqual(WELL_SEEN);
    await toast.hover();
  };

  for (const theme of ['dark', 'light'] as const) {
    for (const { name, width, height, zoom } of [
      { name: '100 %', width: 1280, height: 800, zoom: 100 },
      { name: '200 % of the browser', width: 640, height: 400, zoom: 100 },
      { name: '200 % of the setting', width: 1280, height: 800, zoom: 200 },
    ]) {
      it(`are in the lower right corner, above all else: ${theme}, ${name}`, async () => {
        const { page } = studio;
        await page.setViewportSize({ width, height });
        await page.evaluate(`window.studio.settings.set(${JSON.stringify({ theme, zoom })})`);
        await page.locator(`html[data-theme=${theme}]`).waitFor();
        await tagAndHold(page);
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
        expect(await page.evaluate(SEEN)).toEqual(WELL_SEEN);
        expect(await missedByStyles(page)).toEqual([]);
        await page.keyboard.press('Escape');
      });
    }
  }

  it('undo what they tell of', async () => {
    const { page } = studio;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(`window.studio.settings.set({ theme: 'system', zoom: 100 })`);
    await tagAndHold(page);
    const name = `tag ${tags}`;
    await page.getByRole('checkbox', { name }).waitFor();
    await page
      .locator('li[data-state=open]', { hasText: `"${name}"` })
      .getByRole('button', { name: 'Undo' })
      .click();
    await page.getByRole('checkbox', { name }).waitFor({ state: 'detached' });
    expect(studio.faults).toEqual([]);
  });
});
