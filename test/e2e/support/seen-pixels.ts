import { decode } from 'fast-png';
import type { Locator, Page } from 'playwright-core';

/** Red, green and blue of each pixel, row by row. */
export interface SeenPicture {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => readonly [number, number, number];
}

/** The picture at an address of the studio's, as its file has it. */
export async function fetchPicture(page: Page, address: string): Promise<SeenPicture> {
  const response = await page.request.get(new URL(address, page.url()).href);
  return read(await response.body());
}

/**
 * A picture of `width` × `height` pixels as the screen shows it within an element, however large: the colour in the
 * middle of each of its pixels.
 */
export async function seenIn(
  element: Locator,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<SeenPicture> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('The element is not to be seen.');
  const screen = read(await element.page().screenshot());
  const at: SeenPicture['at'] = (x, y) =>
    screen.at(
      Math.floor(box.x + ((x + 0.5) / width) * box.width),
      Math.floor(box.y + ((y + 0.5) / height) * box.height),
    );
  return { width, height, at };
}

function read(png: Uint8Array): SeenPicture {
  const { width, height, channels, data } = decode(png);
  const value = (x: number, y: number, channel: number): number =>
    data[(y * width + x) * channels + (channels < 3 ? 0 : channel)] ?? Number.NaN;
  return { width, height, at: (x, y) => [value(x, y, 0), value(x, y, 1), value(x, y, 2)] };
}
