import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openEyeWindow } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('the map', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openEyeWindow(60);
  });
  afterAll(() => studio.close());

  it('is made, seen, and picked from by a lasso and by keys; what is picked opens in the grid', async () => {
    const { page } = studio;
    await goTo(page, '/data/map');
    await page.getByRole('heading', { name: 'There is no map yet' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make the map' }).click();
    const map = page.getByRole('img', { name: /^Map of 120 images/ });
    await map.waitFor();
    await page.getByRole('button', { name: 'Synthetic, 60' }).waitFor();

    const box = await map.boundingBox();
    if (!box) throw new Error('The map has no size.');
    const corner = (across: number, down: number) =>
      page.mouse.move(box.x + across * box.width, box.y + down * box.height, { steps: 4 });
    await corner(0.01, 0.01);
    await page.mouse.down();
    for (const [across, down] of [
      [0.99, 0.01],
      [0.99, 0.99],
      [0.01, 0.99],
      [0.01, 0.02],
    ] as const) {
      await corner(across, down);
    }
    await page.mouse.up();
    await page.getByText('120 images picked').waitFor();
    await page.getByRole('button', { name: 'Real, 60' }).click();
    await page.getByText('60 images picked').waitFor();
    await page.getByRole('button', { name: 'Real, 60' }).click();
    await takePictures(page, 'map');
    expect(await violations(page)).toEqual([]);

    await map.focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowLeft');
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Shift+ArrowRight');
    }
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('Shift+ArrowDown');
    }
    await page.getByText('120 images in the rectangle').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Show in the grid' }).first().click();
    await page.getByRole('grid', { name: '120 images in a grid' }).waitFor();
    await page.getByRole('button', { name: 'Remove the filter: 120 images picked on the map' }).waitFor();
    await page.reload();
    await page.getByRole('grid', { name: '120 images in a grid' }).waitFor();
    expect(studio.faults).toEqual([]);
  });

  it('has the same by groups in a table, and is coloured by yaw', async () => {
    const { page } = studio;
    await goTo(page, '/data/map');
    await page.getByText('Groups as a table').click();
    await page.getByRole('row', { name: /^Group 1/ }).waitFor();
    await page.getByRole('combobox', { name: 'Colour by' }).click();
    await page.getByRole('option', { name: 'Yaw' }).click();
    await page.getByText(/^Yaw from -?\d/).waitFor();
    await takePictures(page, 'map-yaw');
    await page
      .getByRole('row', { name: /^Group 1/ })
      .getByRole('button', { name: 'Show in the grid' })
      .click();
    await page.getByRole('grid', { name: /images? in a grid/ }).waitFor();
  });
});
