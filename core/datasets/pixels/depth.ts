import { StudioError } from '../../base/studio-error.ts';
import type { DepthMaps } from '../../contract/depth-maps.ts';
import type { Box } from './geometry.ts';
import { toChannels } from './normalise.ts';
import { bitDepthOf, type Raster } from './raster.ts';

/** Depth in millimetres, row by row; 0 = nothing measured. */
interface DepthRaster extends Raster {
  readonly pixels: Uint16Array;
  readonly channels: 1;
}

type Reading = Pick<DepthMaps, 'encoding' | 'invalidMm'>;

/**
 * A decoded picture as depth: unpacked from its encoding, values that say "nothing measured" become 0.
 * @throws StudioError 'bad-input' for a picture of another kind than the encoding needs
 */
export function readDepth(image: Raster, { encoding, invalidMm = [] }: Reading, name: string): DepthRaster {
  const { widthPx, heightPx } = image;
  const invalid = new Set(invalidMm);
  const pixels = millimetresOf(image, encoding, name);
  if (invalid.size > 0) pixels.forEach((value, at) => invalid.has(value) && (pixels[at] = 0));
  return { pixels, widthPx, heightPx, channels: 1 };
}

function millimetresOf(image: Raster, encoding: DepthMaps['encoding'], name: string): Uint16Array {
  const isDeep = bitDepthOf(image.pixels) === 16;
  if (encoding === 'grey') {
    if (!isDeep || image.channels > 2) throw noDepth(name, 'is no grey picture of 16 bit');
    return Uint16Array.from(toChannels(image, 1, 'black').pixels);
  }
  if (isDeep || image.channels < 3) throw noDepth(name, 'has no 8-bit colours');
  const { channels, pixels } = image;
  return Uint16Array.from(
    { length: image.widthPx * image.heightPx },
    (_, at) => pixels[at * channels + 1] * 256 + pixels[at * channels + 2],
  );
}

function noDepth(name: string, what: string): StudioError {
  return new StudioError('bad-input', `${name} holds no depth in millimetres: it ${what}.`, {
    remedy: 'Leave the file out, or import the folder with the other kind of depth, or as pictures.',
    details: { path: name },
  });
}

interface DepthStatistics {
  /** Of what was measured. */
  readonly meanMm: number;
  readonly deviationMm: number;
  /** Of all pixels. */
  readonly measuredShare: number;
}

/** Mean and standard deviation of what was measured; 0 where nothing was. */
export function depthStatistics(pixels: Uint16Array): DepthStatistics {
  let [measured, sum, squares] = [0, 0, 0];
  for (const value of pixels) {
    if (value === 0) continue;
    measured += 1;
    sum += value;
    squares += value * value;
  }
  if (measured === 0) return { meanMm: 0, deviationMm: 0, measuredShare: 0 };
  const meanMm = sum / measured;
  const deviationMm = Math.sqrt(Math.max(0, squares / measured - meanMm * meanMm));
  return { meanMm, deviationMm, measuredShare: measured / pixels.length };
}

/** Shares of a window's pixels that may lie outside of the box on each side: specks are no hand. */
const SPECKS = 0.01;
const MARGIN = 0.12;

/**
 * A square around what lies in the depth window, with a margin, moved to lie inside the picture and never larger than
 * it; undefined where nothing lies there.
 */
export function boxAround(
  { pixels, widthPx, heightPx }: DepthRaster,
  { foregroundOffsetMm, windowMm }: Pick<DepthMaps, 'foregroundOffsetMm' | 'windowMm'>,
): Box | undefined {
  const columns = new Uint32Array(widthPx);
  const rows = new Uint32Array(heightPx);
  let count = 0;
  pixels.forEach((value, at) => {
    if (value === 0 || value < foregroundOffsetMm || value > foregroundOffsetMm + windowMm) return;
    columns[at % widthPx] += 1;
    rows[Math.floor(at / widthPx)] += 1;
    count += 1;
  });
  if (count === 0) return undefined;
  const [left, right] = rangeOf(columns, count);
  const [top, bottom] = rangeOf(rows, count);
  const longest = Math.max(right - left, bottom - top) * (1 + 2 * MARGIN);
  return squareAround((left + right) / 2, (top + bottom) / 2, longest, { widthPx, heightPx });
}

/** A square of whole pixels about a point, made smaller and moved so that it lies inside of the picture. */
export function squareAround(
  x: number,
  y: number,
  side: number,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): Box {
  const length = Math.max(1, Math.min(Math.round(side), widthPx, heightPx));
  const place = (middle: number, limit: number): number =>
    Math.max(0, Math.min(limit - length, Math.round(middle - length / 2)));
  return { x: place(x, widthPx), y: place(y, heightPx), width: length, height: length };
}

/** From the first to behind the last place, without specks. */
function rangeOf(counts: Uint32Array, total: number): [number, number] {
  const specks = total * SPECKS;
  let [below, first] = [0, 0];
  while (below + counts[first] <= specks) below += counts[first++];
  let [above, last] = [0, counts.length - 1];
  while (above + counts[last] <= specks) above += counts[last--];
  return [first, last + 1];
}

/** A value that so large a share of all pixels has is none that was measured. */
const SUSPICIOUS_SHARE = 0.2;
const STEP_MM = 10;

/**
 * What depth maps these pictures seem to be; undefined where they are pictures. Grey of 16 bit is taken for depth, and so
 * are colours without any red. A farthest value that a fifth of the pixels share is taken for "nothing measured".
 */
export function proposeDepth(images: readonly Raster[]): DepthMaps | undefined {
  const encoding = encodingOf(images);
  if (!encoding) return undefined;
  const counts = new Map<number, number>();
  let pixels = 0;
  for (const image of images) {
    for (const value of readDepth(image, { encoding }, 'a sample').pixels) {
      pixels += 1;
      if (value > 0) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  const values = [...counts].sort(([left], [right]) => left - right);
  const [farthest, times] = values.at(-1) ?? [0, 0];
  const invalid = values.length > 1 && times > SUSPICIOUS_SHARE * pixels ? [farthest] : [];
  const measured = values.filter(([value]) => !invalid.includes(value));
  if (measured.length === 0) return { encoding, foregroundOffsetMm: 0, windowMm: 65_535 };
  const near = Math.floor(quantileOf(measured, 0.005) / STEP_MM) * STEP_MM;
  const far = Math.ceil(quantileOf(measured, 0.995) / STEP_MM) * STEP_MM;
  return {
    encoding,
    foregroundOffsetMm: near,
    windowMm: Math.max(STEP_MM, far - near),
    ...(invalid.length === 0 ? {} : { invalidMm: invalid }),
  };
}

function encodingOf(images: readonly Raster[]): DepthMaps['encoding'] | undefined {
  if (images.length === 0) return undefined;
  if (images.every(({ pixels, channels }) => bitDepthOf(pixels) === 16 && channels <= 2)) return 'grey';
  const isPacked = ({ pixels, channels }: Raster): boolean => {
    if (bitDepthOf(pixels) === 16 || channels < 3) return false;
    let seen = 0;
    for (let at = 0; at < pixels.length; at += channels) {
      if (pixels[at] !== 0) return false;
      seen |= pixels[at + 1];
    }
    return seen !== 0;
  };
  return images.every(isPacked) ? 'green-blue' : undefined;
}

function quantileOf(values: readonly (readonly [value: number, times: number])[], share: number): number {
  const total = values.reduce((sum, [, times]) => sum + times, 0);
  let below = 0;
  for (const [value, times] of values) {
    below += times;
    if (below >= share * total) return value;
  }
  return values.at(-1)?.[0] ?? 0;
}
