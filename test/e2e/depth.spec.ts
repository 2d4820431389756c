import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../core/datasets/pixels/decode.ts';
import { drawHands, INVALID_MM, WALL_MM } from '../support/drawn-hands.ts';
import { takePictures, violations } from './support/looks.ts';
import { makeLibrary } from './support/steps.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

const HANDS = 8;

describe.skipIf(!hasBrowser)('depth maps', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openStudioWindow();
    await makeLibrary(studio.page, join(studio.folder, 'Hands.simgan'));
    await drawHands(join(studio.folder, 'grey'), { count: HANDS, encoding: 'grey' });
    await drawHands(join(studio.folder, 'packed'), { count: HANDS, encoding: 'green-blue' });
  });
  afterAll(() => studio.close());

  const openImport = async (folder: string): Promise<void> => {
    const address = `/#/import?role=real&step=labels&folder=${encodeURIComponent(join(studio.folder, folder))}`;
    await studio.page.goto(new URL(studio.page.url()).origin + address);
    await studio.page.getByText(`${HANDS} images spread over the folder`).waitFor();
  };

  it('are shown in their window while it is chosen, what was not measured black', async () => {
    const { page } = studio;
    await openImport('grey');
    const invalid = page.getByLabel(/nothing measured/);
    expect(await invalid.inputValue()).toBe(String(INVALID_MM));
    await page.getByText(`Farthest: 1,500 mm`).waitFor();
    await takePictures(page, 'depth-window');
    expect(await violations(page)).toEqual([]);
    // The wall is the farthest, the corner was not measured.
    const whole = await pictureOf(page);
    expect([whole.at(2, 2), whole.at(2, 110)]).toEqual([0, 0]);

    // Without that value it is the farthest of all, and the wall before it is no longer black.
    await invalid.fill('');
    await invalid.press('Enter');
    await page.getByRole('slider', { name: 'Farthest' }).press('End');
    await page.getByText(/Farthest: [2-9],\d{3} mm/).waitFor();
    await expect.poll(async () => (await pictureOf(page)).at(2, 2)).toBeGreaterThan(0);
    await invalid.fill('far away');
    await invalid.press('Enter');
    await page.getByText('Whole numbers up to 65535, with commas between them.').waitFor();
    await invalid.fill(String(INVALID_MM));
    await invalid.press('Enter');
    await expect.poll(async () => (await pictureOf(page)).at(2, 110)).toBe(0);
    expect(studio.faults).toEqual([]);
  });

  it('are cropped to the hand, imported in millimetres, and stand in grid and loupe in their window', async () => {
    const { page } = studio;
    await openImport('packed');
    const far = page.getByRole('slider', { name: 'Farthest' });
    const wanted = /Farthest: 1,000 mm/;
    for (let steps = 0; steps < 60; steps++) {
      if (await page.getByText(wanted).isVisible()) break;
      await far.press('ArrowLeft');
    }
    await page.getByText(wanted).waitFor();
    const crop = page.getByRole('switch', { name: /Crop to what lies between/ });
    if (!(await crop.isChecked())) await crop.click();
    await takePictures(page, 'depth-crop');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText(/depth \(16 bit\)/).waitFor();
    await page.getByRole('heading', { name: 'Depth, from near to far' }).waitFor();
    await takePictures(page, 'depth-shape');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText(/to 1,000 mm, cropped to what lies there/).waitFor();
    await page.getByRole('button', { name: 'Import the images' }).click();
    await page.getByText(`${HANDS} images imported`).first().waitFor();

    const [image] = await page.evaluate<
      {
        id: number;
        bitDepth: number;
        channels: number;
        greyMean: number;
        crop: { x: number; width: number };
      }[]
    >(`(async () => {
      const { listing, count } = await window.studio.images.open({ filter: {}, sort: { by: 'path' } });
      const images = await window.studio.images.window({ listing, from: 0, count });
      return Promise.all(images.map(({ id }) => window.studio.images.get({ id })));
    })()`);
    expect(image).toMatchObject({ bitDepth: 16, channels: 1 });
    expect(image.greyMean).toBeGreaterThan(400);
    expect(image.greyMean).toBeLessThan(WALL_MM);
    expect(image.crop.x).toBeGreaterThan(50);
    expect(image.crop.width).toBeLessThan(100);

    await page.getByRole('link', { name: 'Go to the data' }).click();
    await page.getByRole('button', { name: 'Window and colours of depth' }).click();
    await takePictures(page, 'depth-grid');
    expect(await violations(page)).toEqual([]);
    const grey = await thumbnail(page, image.id);
    await page.getByRole('combobox', { name: 'Colours' }).first().click();
    await page.getByRole('option', { name: 'Turbo' }).click();
    await expect.poll(() => thumbnailAddress(page, image.id)).toContain('map=turbo');
    const turbo = await thumbnail(page, image.id);
    expect(mostColour(grey)).toBeLessThan(24);
    expect(mostColour(turbo)).toBeGreaterThan(100);
    await takePictures(page, 'depth-grid-turbo');
    expect(studio.faults).toEqual([]);
  });
});

async function bytesAt(page: Page, address: string): Promise<Uint8Array> {
  const bytes = await page.evaluate<number[]>(
    `fetch(${JSON.stringify(address)}).then((response) => response.arrayBuffer()).then((bytes) => [...new Uint8Array(bytes)])`,
  );
  return Uint8Array.from(bytes);
}

/** The first picture of the axis check, as it is shown now. */
async function pictureOf(page: Page): Promise<{ at(x: number, y: number): number }> {
  const address = await page.locator('figure img').first().getAttribute('src');
  const { pixels, channels, widthPx } = await decodeImage(await bytesAt(page, address ?? ''));
  return { at: (x, y) => pixels[(y * widthPx + x) * channels] };
}

async function thumbnailAddress(page: Page, imageId: number): Promise<string> {
  return (await page.locator(`img[src*="/images/${imageId}?"]`).first().getAttribute('src')) ?? '';
}

const thumbnail = async (page: Page, imageId: number) =>
  await decodeImage(await bytesAt(page, await thumbnailAddress(page, imageId)));

/** How far a channel is from red at most. Small pictures are kept with some loss, so that grey is nearly so. */
function mostColour({ pixels, channels }: Awaited<ReturnType<typeof thumbnail>>): number {
  let most = 0;
  pixels.forEach((value, at) => {
    const channel = at % channels;
    if (channels > 2 && channel < 3) most = Math.max(most, Math.abs(value - pixels[at - channel]));
  });
  return most;
}
