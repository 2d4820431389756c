import type { DepthWindow, Preprocessing } from '../../contract/preprocessing.ts';
import { bitDepthOf, newPixels, whiteOf } from './raster.ts';
import type { BitDepth, ChannelCount, Pixels, Raster } from './raster.ts';

/** Luma of Rec. 601 in 15-bit fixed point, to the bit as OpenCV's cvtColor with COLOR_RGB2GRAY. */
export function greyOf(red: number, green: number, blue: number): number {
  return (red * 9798 + green * 19235 + blue * 3735 + 16384) >>> 15;
}

/**
 * The picture in grey or RGB, without alpha: what is transparent shows the background, mid-grey (0 in [−1, 1]) for
 * pictures and black (nothing measured) for depth. Grey becomes RGB by repetition.
 */
export function toChannels(image: Raster, channels: 1 | 3, background: 'mid-grey' | 'black'): Raster {
  const { widthPx, heightPx } = image;
  if (image.channels === channels) return image;
  const bitDepth = bitDepthOf(image.pixels);
  const white = whiteOf(bitDepth);
  const behind = background === 'black' ? 0 : (white + 1) / 2;
  const hasAlpha = image.channels === 2 || image.channels === 4;
  const isGrey = image.channels < 3;
  const count = widthPx * heightPx;
  const pixels = newPixels(count * channels, bitDepth);
  for (let index = 0; index < count; index++) {
    const from = index * image.channels;
    const alpha = hasAlpha ? image.pixels[from + image.channels - 1] : white;
    const over = (value: number): number =>
      alpha === white ? value : Math.round((value * alpha + behind * (white - alpha)) / white);
    const red = over(image.pixels[from]);
    const green = isGrey ? red : over(image.pixels[from + 1]);
    const blue = isGrey ? red : over(image.pixels[from + 2]);
    if (channels === 1) {
      pixels[index] = isGrey ? red : greyOf(red, green, blue);
    } else {
      pixels[index * 3] = red;
      pixels[index * 3 + 1] = green;
      pixels[index * 3 + 2] = blue;
    }
  }
  return { pixels, widthPx, heightPx, channels };
}

/** Pixels at another bit depth, black to black and white to white: 8 → 16 bit is × 257 and 16 → 8 its inverse. */
export function toBitDepth(pixels: Pixels, bitDepth: BitDepth): Pixels {
  if (bitDepthOf(pixels) === bitDepth) return pixels;
  return bitDepth === 16
    ? Uint16Array.from(pixels, (value) => value * 257)
    : Uint8Array.from(pixels, (value) => Math.round(value / 257));
}

/** Histogram equalisation of a grey 8-bit picture, to the bit as OpenCV's equalizeHist. */
export function equaliseHistogram(pixels: Uint8Array): Uint8Array {
  const histogram = new Uint32Array(256);
  for (const value of pixels) histogram[value]++;
  const darkest = histogram.findIndex((count) => count > 0);
  if (darkest < 0 || histogram[darkest] === pixels.length) return pixels.slice();
  // OpenCV computes in float32 and rounds halves to even.
  const scale = Math.fround(255 / (pixels.length - histogram[darkest]));
  const table = new Uint8Array(256);
  let below = 0;
  for (let value = darkest + 1; value < 256; value++) {
    below += histogram[value];
    table[value] = Math.min(255, roundHalfToEven(Math.fround(below * scale)));
  }
  return pixels.map((value) => table[value]);
}

function roundHalfToEven(value: number): number {
  const down = Math.floor(value);
  return value - down === 0.5 ? down + (down & 1) : Math.round(value);
}

/**
 * Depth in millimetres from the offset on (the paper's NYU experiment): nothing measured and what lies behind the
 * window become 0, the background; what lies before the offset becomes 1, the nearest foreground.
 */
export function isolateForeground(depthMm: Uint16Array, window: DepthWindow): Uint16Array {
  const invalid = new Set([0, ...(window.invalidMm ?? [])]);
  return depthMm.map((value) => {
    if (invalid.has(value)) return 0;
    const inWindow = Math.round(value - window.foregroundOffsetMm);
    return inWindow > window.windowMm ? 0 : Math.max(1, inWindow);
  });
}

/** Depth in millimetres of prepared pixels; 0, the background, stays 0. Undoes `isolateForeground` inside its window. */
export function restoreDepthMm(pixels: Uint16Array, window: DepthWindow): Uint16Array {
  return pixels.map((value) =>
    value === 0 ? 0 : Math.max(0, Math.min(65535, Math.round(value + window.foregroundOffsetMm))),
  );
}

/** The pixel value that becomes 1 in [−1, 1]: the depth window, or white. */
export function fullScaleOf(preprocessing: Pick<Preprocessing, 'bitDepth' | 'depth'>): number {
  return preprocessing.depth?.windowMm ?? whiteOf(preprocessing.bitDepth);
}

/** Pixels as floats, [0, fullScale] → [−1, 1], into `into` from `offset` on. */
export function toSigned(pixels: Pixels, fullScale: number, into: Float32Array, offset = 0): void {
  const scale = 2 / fullScale;
  for (let index = 0; index < pixels.length; index++) into[offset + index] = pixels[index] * scale - 1;
}

/** Floats as pixels, [−1, 1] → [0, fullScale], rounded; what lies outside is clamped, NaN becomes 0. */
export function fromSigned(values: Float32Array, fullScale: number, bitDepth: BitDepth): Pixels {
  const pixels = newPixels(values.length, bitDepth);
  for (let index = 0; index < values.length; index++) {
    pixels[index] = Math.max(0, Math.min(fullScale, Math.round((values[index] + 1) * (fullScale / 2))));
  }
  return pixels;
}

export interface GreyStatistics {
  /** Of the grey levels, on the scale 0…255 whatever the bit depth. */
  readonly mean: number;
  /** Standard deviation over the pixels (divided by their number). */
  readonly deviation: number;
  /** Pixels per grey level, 256 bins. */
  readonly histogram: Uint32Array;
}

/** Mean, deviation and histogram of the grey levels, without transparent borders: alpha lies on mid-grey. */
export function greyStatistics(image: {
  readonly pixels: Pixels;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: ChannelCount;
}): GreyStatistics {
  const { pixels } = toChannels(image, 1, 'mid-grey');
  const toLevel = bitDepthOf(pixels) === 16 ? 1 / 257 : 1;
  const histogram = new Uint32Array(256);
  let sum = 0;
  let sumOfSquares = 0;
  for (const value of pixels) {
    const level = value * toLevel;
    sum += level;
    sumOfSquares += level * level;
    histogram[Math.round(level)]++;
  }
  const mean = sum / pixels.length;
  return { mean, deviation: Math.sqrt(Math.max(0, sumOfSquares / pixels.length - mean * mean)), histogram };
}
