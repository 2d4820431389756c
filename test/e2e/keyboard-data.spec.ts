import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawEyes } from '../support/drawn-eyes.ts';
import { keysOf, type Keys } from './support/keys.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

const IMAGES = 40;

/** From an empty start to curated and compared images: no mouse, no focus or value that is set by the test. */
describe.skipIf(!hasBrowser)('the data part by keyboard alone', () => {
  let studio: StudioWindow;
  let keys: Keys;
  beforeAll(async () => {
    studio = await openStudioWindow();
    keys = keysOf(studio.page);
    await drawEyes(join(studio.folder, 'renders'), { count: IMAGES, broken: 0, mirrored: false });
  });
  afterAll(() => studio.close());

  it('makes a library', async () => {
    const { page, folder } = studio;
    const { press, fill } = keys;
    await press('Control+n');
    const dialog = page.getByRole('dialog');
    await fill(dialog.getByLabel('Path', { exact: true }), folder);
    await press('Enter');
    await dialog.getByRole('listbox').and(page.locator(':focus')).waitFor();
    await fill(dialog.getByLabel('Name of the library'), 'By keys');
    await press('Enter');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Data' }).waitFor();
  });

  it('imports images in four steps', async () => {
    const { page, folder } = studio;
    const { press, tabTo, activate, fill } = keys;
    const next = page.getByRole('button', { name: 'Next' });
    await press('Control+i');
    await page.getByRole('heading', { name: 'Import images' }).waitFor();
    await fill(page.getByLabel('Folder'), join(folder, 'renders'));
    await press('Enter');
    await page.getByText('Recognised', { exact: true }).waitFor();
    await activate(next);
    // Wrong for these images, and taken back.
    const flip = page.getByRole('switch', { name: 'Flip left and right' });
    await tabTo(flip);
    await press('Space');
    await expect.poll(() => flip.isChecked()).toBe(true);
    await press('Space');
    await expect.poll(() => flip.isChecked()).toBe(false);
    await activate(next);
    await fill(page.getByLabel('Width'), '44');
    await page.getByText('Will be 44 × 35, grey.').waitFor();
    await activate(next);
    await activate(page.getByRole('button', { name: 'Import the images' }));
    await page.getByText(`${IMAGES} images imported`).first().waitFor();
  });

  it('adds simulated camera eyes by the palette', async () => {
    const { page } = studio;
    const { press, type, tabTo, fill } = keys;
    await press('Control+k');
    await type('Simulate');
    await press('Enter');
    const dialog = page.getByRole('dialog');
    await tabTo(dialog.getByRole('combobox', { name: 'Look' }));
    await press('Enter');
    await page.getByRole('option', { name: /^As a camera/ }).waitFor();
    await press('ArrowDown', 'Enter');
    await fill(dialog.getByLabel('Images'), '30');
    await press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await press('Control+1');
    await page.getByRole('grid', { name: `${IMAGES + 30} images in a grid` }).waitFor();
  });

  it('finds, tags, corrects, excludes, and takes it back', async () => {
    const { page } = studio;
    const { press, type, tabTo, activate } = keys;
    await tabTo(page.getByRole('searchbox', { name: 'Part of the path' }));
    await type('eye-00');
    await page.getByRole('grid', { name: '10 images in a grid' }).waitFor();
    await tabTo(page.getByRole('gridcell'));
    await press('Home', 'Space', 't');
    await tabTo(page.getByRole('dialog').getByLabel('Tag', { exact: true }));
    await type('seen');
    await press('Enter');
    await page.getByText('Tagged 1 image "seen"').first().waitFor();

    await page.getByRole('gridcell').and(page.locator(':focus')).waitFor();
    await press('Enter');
    await page.getByRole('button', { name: 'Back to the grid' }).waitFor();
    await press('e');
    const tip = page.getByRole('button', { name: /^Gaze, pitch/ });
    await tabTo(tip);
    const before = await tip.getAttribute('aria-label');
    // A move that is taken back, one that is saved, and one that is discarded.
    await press('ArrowUp');
    await expect.poll(() => tip.getAttribute('aria-label')).not.toBe(before);
    await press('Control+z');
    await expect.poll(() => tip.getAttribute('aria-label')).toBe(before);
    await press('ArrowLeft', 'ArrowLeft', 'ArrowLeft');
    await activate(page.getByRole('button', { name: 'Save the correction' }));
    await page.getByText('Corrected the gaze of').first().waitFor();
    await tip.waitFor({ state: 'detached' });
    await press('e');
    await tabTo(tip);
    await press('ArrowDown', 'Escape');
    await tip.waitFor({ state: 'detached' });
    await press('Escape');
    await page.getByRole('grid').waitFor();

    await tabTo(page.getByRole('gridcell'));
    await press('Home', 'Shift+End', 'x');
    await page.getByText('Excluded 10 images').first().waitFor();
    await press('Control+z');
    await page.getByText('Undone: Excluded 10 images').first().waitFor();
  });

  it('compares the domains, and maps them', async () => {
    const { page } = studio;
    const { press, tabTo, activate } = keys;
    await activate(page.getByRole('link', { name: 'Health' }));
    await activate(page.getByRole('button', { name: 'Compare the domains' }));
    await page.getByRole('heading', { name: 'What was found' }).waitFor();
    await activate(page.getByRole('link', { name: 'Map' }));
    await activate(page.getByRole('button', { name: 'Make the map' }));
    await tabTo(page.getByRole('img', { name: /^Map/ }));
    await press('ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown');
    await page.getByText(/images? in the rectangle/).waitFor();
    expect(studio.faults).toEqual([]);
  });
});
