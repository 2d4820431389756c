import { colourAt, type ColourMap } from '../../../core/contract/colour-maps.ts';

/** Pixels as they are stored: 8 or 16 bits, `channels` values for each, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bitDepth: number;
  readonly data: ArrayLike<number>;
}

/**
 * Which stored values are black and white (window and level), and in which colours what is between is shown. Where
 * `low` is above `high`, large values are dark: depth, near bright.
 */
export interface Tone {
  readonly low: number;
  readonly high: number;
  readonly map: ColourMap;
}

/** Grey level of a pixel: Rec. 601 luma of colours. */
export function greyAt({ data, channels }: Pixels, pixel: number): number {
  const at = pixel * channels;
  if (channels < 3) return data[at] ?? 0;
  return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
}

/** Pixels in a tone, as RGBA for a canvas. What is 0 in 16 bit was not measured and is black in any tone. */
export function paintTone(pixels: Pixels, { low, high, map }: Tone): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(pixels.width * pixels.height * 4);
  const STEPS = 1024;
  const table = Array.from({ length: STEPS + 1 }, (_, step) => colourAt(map, step / STEPS));
  const range = high - low || 1e-9;
  const isDeep = pixels.bitDepth > 8;
  for (let pixel = 0; pixel < pixels.width * pixels.height; pixel += 1) {
    const value = greyAt(pixels, pixel);
    const share = Math.min(1, Math.max(0, (value - low) / range));
    const colour = isDeep && value === 0 ? undefined : table[Math.round(share * STEPS)];
    rgba.set(colour ?? [0, 0, 0], pixel * 4);
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

/**
 * The tone in which 16-bit pixels are first shown: near bright as everywhere in the program, from the 1st to the 99th of
 * a hundred of the values that were measured. Pixels of 8 bits are shown as they are.
 */
export function usualTone(pixels: Pixels): Tone {
  if (pixels.bitDepth <= 8) return { low: 0, high: 255, map: 'grey' };
  const count = pixels.width * pixels.height;
  const stride = Math.max(1, Math.floor(count / 20_000));
  const values: number[] = [];
  for (let pixel = 0; pixel < count; pixel += stride) {
    const value = greyAt(pixels, pixel);
    if (value > 0) values.push(value);
  }
  values.sort((left, right) => left - right);
  const near = values[Math.floor(values.length * 0.01)] ?? 0;
  const far = values[Math.floor(values.length * 0.99)] ?? 65_535;
  return { low: Math.max(far, near + 1), high: near, map: 'grey' };
}

/** Where a slider of stored values ends: a little behind the largest of 16 bits, as depth fills a small part of them. */
export function mostOf(pixels: Pixels | undefined): number {
  if (!pixels || pixels.bitDepth <= 8) return 255;
  let most = 0;
  const count = pixels.width * pixels.height;
  for (let pixel = 0; pixel < count; pixel += 1) most = Math.max(most, greyAt(pixels, pixel));
  return Math.min(65_535, Math.ceil((1.2 * most) / 100) * 100);
}

/**
 * B − A, signed, on a fixed scale: grey unchanged, orange lighter, blue darker. With a gain of 1 a change of 128 of 255
 * grey levels is full colour. The two are compared at A's size.
 */
export function paintDifference(a: Pixels, b: Pixels, gain: number): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(a.width * a.height * 4);
  const [fullA, fullB] = [2 ** a.bitDepth - 1, 2 ** b.bitDepth - 1];
  for (let y = 0; y < a.height; y += 1) {
    const otherY = Math.min(b.height - 1, Math.floor(((y + 0.5) * b.height) / a.height));
    for (let x = 0; x < a.width; x += 1) {
      const otherX = Math.min(b.width - 1, Math.floor(((x + 0.5) * b.width) / a.width));
      const pixel = y * a.width + x;
      const change = greyAt(b, otherY * b.width + otherX) / fullB - greyAt(a, pixel) / fullA;
      rgba.set(differenceColour(Math.min(1, Math.max(-1, change * gain * 2))), pixel * 4);
      rgba[pixel * 4 + 3] = 255;
    }
  }
  return rgba;
}

const UNCHANGED = [128, 128, 128] as const;
const LIGHTER = [255, 150, 30] as const;
const DARKER = [20, 90, 220] as const;

function differenceColour(change: number): readonly number[] {
  const end = change < 0 ? DARKER : LIGHTER;
  return UNCHANGED.map((grey, channel) => Math.round(grey + ((end[channel] ?? 0) - grey) * Math.abs(change)));
}
