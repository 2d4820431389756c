/** Pixels as they are stored: 8 or 16 bits, `channels` values for each, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bitDepth: number;
  readonly data: ArrayLike<number>;
}

export const colourMaps = ['grey', 'viridis', 'cividis', 'turbo'] as const;
export type ColourMap = (typeof colourMaps)[number];

/** Which stored values are black and white (window and level), and in which colours what is between is shown. */
export interface Tone {
  readonly low: number;
  readonly high: number;
  readonly map: ColourMap;
}

/** Evenly spaced colours of each map; those between are mixed. Sources: matplotlib (viridis, cividis), Google (turbo). */
const ANCHORS: Readonly<Record<ColourMap, readonly number[]>> = {
  grey: [0x000000, 0xffffff],
  viridis: [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725],
  cividis: [0x00224e, 0x1a386f, 0x434e6c, 0x61656f, 0x7d7c78, 0x9b9476, 0xbcae6c, 0xdec958, 0xfee838],
  turbo: [0x30123b, 0x4662d8, 0x36aaf9, 0x1ae4b6, 0x72fe5e, 0xc8ef34, 0xfaba39, 0xf66b19, 0x7a0403],
};

/** The colour of a share from 0 to 1, as red, green and blue of 0 to 255. */
export function colourAt(map: ColourMap, share: number): readonly [number, number, number] {
  const anchors = ANCHORS[map];
  const place = Math.min(1, Math.max(0, share)) * (anchors.length - 1);
  const left = Math.min(anchors.length - 2, Math.floor(place));
  const rest = place - left;
  const channel = (shift: number): number => {
    const from = ((anchors[left] ?? 0) >> shift) & 255;
    const to = ((anchors[left + 1] ?? 0) >> shift) & 255;
    return Math.round(from + (to - from) * rest);
  };
  return [channel(16), channel(8), channel(0)];
}

/** Grey level of a pixel: Rec. 601 luma of colours. */
export function greyAt({ data, channels }: Pixels, pixel: number): number {
  const at = pixel * channels;
  if (channels < 3) return data[at] ?? 0;
  return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
}

/** Pixels in a tone, as RGBA for a canvas. */
export function paintTone(pixels: Pixels, { low, high, map }: Tone): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(pixels.width * pixels.height * 4);
  const STEPS = 1024;
  const table = Array.from({ length: STEPS + 1 }, (_, step) => colourAt(map, step / STEPS));
  const range = Math.max(1e-9, high - low);
  for (let pixel = 0; pixel < pixels.width * pixels.height; pixel += 1) {
    const share = Math.min(1, Math.max(0, (greyAt(pixels, pixel) - low) / range));
    rgba.set(table[Math.round(share * STEPS)] ?? [0, 0, 0], pixel * 4);
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

/**
 * The tone in which 16-bit pixels are first shown: from the 1st to the 99th of a hundred of the values that are not 0,
 * which in depth images means that nothing was measured. Pixels of 8 bits are shown as they are.
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
  const low = values[Math.floor(values.length * 0.01)] ?? 0;
  const high = values[Math.floor(values.length * 0.99)] ?? 65_535;
  return { low, high: Math.max(high, low + 1), map: 'grey' };
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
