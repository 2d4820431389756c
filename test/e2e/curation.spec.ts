import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openEyeWindow } from './support/eye-window.ts';
import { takePictures } from './support/looks.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

const IMAGES = 30;
/** Simulated in a test. */
const HANDS = 3;
const WIDTH_PX = 55;
const HEIGHT_PX = 35;

interface Point {
  readonly x: number;
  readonly y: number;
}

describe.skipIf(!hasBrowser)('curating by hand', () => {
  let studio: StudioWindow;
  let page: Page;
  beforeAll(async () => {
    studio = await openEyeWindow(IMAGES);
    ({ page } = studio);
  });
  afterAll(() => studio.close());

  const grid = (): Locator => page.getByRole('grid');
  const cell = (place: number): Locator => page.locator(`[role=gridcell][data-place="${place}"]`);
  const inspector = (): Locator => page.getByRole('complementary', { name: 'Inspector' });
  async function middleOf(locator: Locator): Promise<Point> {
    const box = await locator.boundingBox();
    if (!box) throw new Error('It is not to be seen.');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
  async function drag(from: Point, to: Point): Promise<void> {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
  }
  /** Those that are drawn. */
  const chosen = (): Promise<number[]> =>
    page.evaluate<number[]>(
      `[...document.querySelectorAll('[role=gridcell][aria-selected=true]')].map((cell) => Number(cell.dataset.place)).sort((a, b) => a - b)`,
    );
  /** Does an action of the catalogue by its name in the palette. */
  async function command(name: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(name);
    await page.getByRole('option', { name }).first().click();
  }
  async function showSynthetic(count: number): Promise<void> {
    await goTo(page, '/data?role=synthetic');
    await page.getByRole('grid', { name: `${count} images in a grid` }).waitFor();
    await cell(0).waitFor();
  }

  it('chooses what a band goes over, adds with Ctrl, and goes on below the edge', async () => {
    await goTo(page, '/data');
    await page.getByRole('grid', { name: `${2 * IMAGES} images in a grid` }).waitFor();
    await cell(0).waitFor();
    const columns = Number(await grid().getAttribute('aria-colcount'));
    expect(columns).toBeGreaterThan(3);
    await drag(await middleOf(cell(0)), await middleOf(cell(columns + 2)));
    await expect.poll(chosen).toEqual([0, 1, 2, columns, columns + 1, columns + 2]);
    await page.keyboard.down('Control');
    await drag(await middleOf(cell(3)), await middleOf(cell(columns + 3)));
    await page.keyboard.up('Control');
    await expect.poll(chosen).toEqual([0, 1, 2, 3, columns, columns + 1, columns + 2, columns + 3]);
    const [start, end] = [await middleOf(cell(1)), await grid().boundingBox()];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 10, (end?.y ?? 0) + (end?.height ?? 0) - 4, { steps: 5 });
    const inColumn = Array.from({ length: 2 * IMAGES }, (_, place) => place % columns).filter(
      (at) => at === 1,
    );
    await page.getByText(`${inColumn.length} selected`).waitFor();
    await takePictures(page, 'data-band');
    await page.mouse.up();
    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('Escape');
    await expect.poll(chosen).toEqual([]);
  });

  it('takes a press that hardly moves for a click', async () => {
    await grid().evaluate('(grid) => grid.scrollTo(0, 0)');
    const at = await middleOf(cell(2));
    await drag(at, { x: at.x + 3, y: at.y + 2 });
    await expect.poll(chosen).toEqual([2]);
  });

  it('renames a tag on all its images, and takes that back', async () => {
    await command('Rename a tag');
    await page.getByRole('dialog').getByText('There are no tags yet.').waitFor();
    await page.keyboard.press('Escape');
    await showSynthetic(IMAGES);
    await cell(0).click();
    await cell(1).click({ modifiers: ['Shift'] });
    await page.keyboard.press('t');
    await page.getByRole('dialog').getByLabel('Tag', { exact: true }).fill('sharp');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: /^sharp/ }).waitFor();
    await command('Rename a tag');
    const dialog = page.getByRole('dialog', { name: 'Rename a tag' });
    const rename = dialog.getByRole('button', { name: 'Rename' });
    expect(await rename.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel('New name').fill('crisp');
    await takePictures(page, 'data-rename-tag');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: /^crisp/ }).waitFor();
    await cell(0).focus();
    await page.keyboard.press('Control+z');
    await page.getByRole('checkbox', { name: /^sharp/ }).waitFor();
    await command('Show what was changed');
    const history = page.getByRole('dialog', { name: 'What was changed' });
    await history
      .getByRole('listitem')
      .filter({ hasText: 'undone' })
      .getByText(/to "crisp"/)
      .waitFor();
    await history.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('checkbox', { name: /^sharp/, includeHidden: true }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
  });

  it('simulates what is asked for, and says of a number that cannot be what can', async () => {
    await command('Simulate labelled images');
    const dialog = page.getByRole('dialog', { name: 'Simulate labelled images' });
    await dialog.getByLabel('Images', { exact: true }).fill('0');
    await dialog.getByText('A whole number from 1 to 1,000,000.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Simulate' }).getAttribute('aria-disabled')).toBe('true');
    await dialog.getByRole('combobox', { name: 'What' }).click();
    await page.getByRole('option', { name: 'Hands (depth)' }).click();
    await expect.poll(() => dialog.getByLabel('Name of the dataset').inputValue()).toBe('Simulated hands');
    await dialog.getByLabel('Images', { exact: true }).fill(String(HANDS));
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await goTo(page, '/data');
    await page.getByRole('checkbox', { name: /^Simulated hands/ }).waitFor();
  });

  it('turns the gaze and moves a joint with the mouse; says who did, in the history, and takes it back', async () => {
    await showSynthetic(IMAGES + HANDS);
    await cell(3).click();
    await expect.poll(() => cell(3).getAttribute('aria-label')).toMatch(/yaw/);
    const before = await cell(3).getAttribute('aria-label');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Back to the grid' }).waitFor();
    await page.keyboard.press('e');
    const tip = page.getByRole('button', { name: /^Gaze, pitch/ });
    const box = await page.locator('.placed').first().boundingBox();
    if (!box) throw new Error('There is no picture.');
    const at = (x: number, y: number): Point => ({
      x: box.x + (x / WIDTH_PX) * box.width,
      y: box.y + (y / HEIGHT_PX) * box.height,
    });
    // Far to the left, where yaw is positive.
    await drag(await middleOf(tip), at(4, 17));
    await expect.poll(() => tip.getAttribute('aria-label')).toMatch(/yaw [4-8]\d\./);
    const corner = page.getByRole('button', { name: /^corner-right: / });
    await drag(await middleOf(corner), at(50, 30));
    await expect
      .poll(() => corner.getAttribute('aria-label'))
      .toMatch(/^corner-right: (49\.9|50\.\d), (29\.9|30\.\d), visible$/);
    await takePictures(page, 'data-correcting-by-mouse');
    await page.getByRole('button', { name: 'Save the correction' }).click();
    await inspector().getByText('Corrected the gaze of').first().waitFor();
    await inspector().getByText('Corrected the keypoints of').first().waitFor();
    expect(await inspector().getByText('corrected by hand').count()).toBe(2);
    await page.keyboard.press('Escape');
    await expect.poll(() => cell(3).getAttribute('aria-label')).toMatch(/yaw [4-8]\d\..*corrected by hand/);
    await cell(3).focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => inspector().locator('s').count()).toBe(1);
    await page.keyboard.press('Control+z');
    await expect.poll(() => cell(3).getAttribute('aria-label')).toBe(before);
    await inspector().locator('s', { hasText: 'Corrected the gaze of' }).waitFor();
    await inspector().locator('s', { hasText: 'Corrected the keypoints of' }).waitFor();
  });

  it('takes one kind of label off an image, and puts it back', async () => {
    await cell(3).focus();
    await command('Remove the label');
    const dialog = page.getByRole('dialog', { name: 'Remove a label' });
    await takePictures(page, 'data-remove-label');
    await dialog.getByRole('button', { name: 'Remove the gaze' }).click();
    await inspector()
      .getByText(/^vector/i)
      .waitFor({ state: 'detached' });
    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('Control+z');
    await inspector()
      .getByText(/^vector/i)
      .waitFor();
    expect(studio.faults).toEqual([]);
  });
});
