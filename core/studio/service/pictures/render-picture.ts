import { JsColorType, Transformer } from '@napi-rs/image';
import { StudioError } from '../../../base/studio-error.ts';
import { colourAt, type ColourMap } from '../../../contract/colour-maps.ts';
import type { DepthMaps } from '../../../contract/depth-maps.ts';
import { decodeImage, encodePng } from '../../../datasets/pixels/decode.ts';
import { readDepth } from '../../../datasets/pixels/depth.ts';
import type { Box } from '../../../datasets/pixels/geometry.ts';
import { toChannels } from '../../../datasets/pixels/normalise.ts';
import { bitDepthOf, type Pixels, type Raster } from '../../../datasets/pixels/raster.ts';

/**
 * Which stored values are at the ends of the colours: window and level. Left out, they are 0 and 255 of 8 bit, the nearest
 * and the farthest measured value of 16. What is 0 in 16 bit was not measured and is black in any case.
 */
export interface ValueWindow {
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** The other way round: near is bright. */
  readonly invert: boolean;
  /** Grey where left out. */
  readonly map?: ColourMap | undefined;
}

export interface PictureRequest {
  /** Longest side in pixels; a smaller picture is never enlarged. */
  readonly size: number | 'full';
  /** Undefined shows 8 bit as they are, 16 bit over their own range with near bright. */
  readonly window: ValueWindow | undefined;
  /** Of depth maps. */
  readonly depth?: DepthMaps | null;
  /** The part that is used: what lies around it is dark. */
  readonly used?: Box | undefined;
}

export interface EncodedPicture {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const QUALITY = 90;

/** A picture file as a window can show it: as it is where that is possible, else as WebP. */
export async function renderFile(
  bytes: Uint8Array,
  request: PictureRequest,
  name: string,
): Promise<EncodedPicture> {
  const type = shownAsItIs(bytes);
  const transformer = new Transformer(bytes);
  const { width, height, colorType } = await readable(name, () => transformer.metadata(true));
  const { depth } = request;
  const isDeep = DEEP.has(colorType) || Boolean(depth);
  if (!isDeep && !request.window) {
    if (type !== undefined && fits(width, height, request.size)) return { type, bytes };
    return readable(name, async () => webp(transformer.rotate(), width, height, request.size));
  }
  if (colorType !== JsColorType.L16) return renderRaster(await decodeImage(bytes, name, depth), request);
  // Twice as fast as what `decodeImage` does, with the same values.
  const image = await readable(name, async () => grey16(await transformer.rawPixels(), width, height));
  return renderRaster(depth ? readDepth(image, depth, name) : image, request);
}

/**
 * A picture file with the values it has, all 16 bit of them: as it is where a window can read it, else as PNG. Of a depth
 * map millimetres, 0 where nothing was measured.
 */
export async function renderStored(
  bytes: Uint8Array,
  name: string,
  depth: DepthMaps | null,
): Promise<EncodedPicture> {
  const type = shownAsItIs(bytes);
  if (type !== undefined && !depth) return { type, bytes };
  const image = await decodeImage(bytes, name, depth);
  const channels = image.channels < 3 ? 1 : 3;
  const { pixels, widthPx, heightPx } = toChannels(image, channels, 'black');
  return { type: 'image/png', bytes: encodePng({ pixels, widthPx, heightPx, channels }) };
}

/** Pixels as a window can show them. */
export async function renderRaster(image: Raster, request: PictureRequest): Promise<EncodedPicture> {
  const { widthPx, heightPx } = image;
  const isDeep = bitDepthOf(image.pixels) === 16;
  const window = request.window ?? { low: undefined, high: undefined, invert: isDeep };
  const rgba = toRgba(image, window, isDeep);
  if (request.used) darkenAround(rgba, widthPx, request.used);
  const transformer = Transformer.fromRgbaPixels(rgba, widthPx, heightPx);
  // Small pictures are what is looked at pixel by pixel.
  if (fits(widthPx, heightPx, request.size)) {
    return { type: 'image/webp', bytes: await transformer.webpLossless() };
  }
  return webp(transformer, widthPx, heightPx, request.size);
}

const DEEP: ReadonlySet<JsColorType> = new Set([
  JsColorType.L16,
  JsColorType.La16,
  JsColorType.Rgb16,
  JsColorType.Rgba16,
]);

/** The type of a file that browsers show, by its first bytes. */
function shownAsItIs(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.length)).toString('latin1');
  if (head.startsWith('\x89PNG')) return 'image/png';
  if (head.startsWith('\xff\xd8')) return 'image/jpeg';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  if (head.startsWith('BM')) return 'image/bmp';
  return undefined;
}

function fits(width: number, height: number, size: number | 'full'): boolean {
  return size === 'full' || Math.max(width, height) <= size;
}

async function webp(
  transformer: Transformer,
  width: number,
  height: number,
  size: number | 'full',
): Promise<EncodedPicture> {
  const scale = size === 'full' ? 1 : Math.min(1, size / Math.max(width, height));
  if (scale < 1) {
    transformer.resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  }
  return { type: 'image/webp', bytes: await transformer.webp(QUALITY) };
}

function grey16(bytes: Uint8Array, widthPx: number, heightPx: number): Raster {
  return { pixels: new Uint16Array(new Uint8Array(bytes).buffer), widthPx, heightPx, channels: 1 };
}

/** From the nearest to the farthest that was measured. */
function measuredRange(image: Raster): { readonly low: number; readonly high: number } {
  let [low, high] = [Infinity, 0];
  for (const value of toChannels(image, 1, 'black').pixels) {
    if (value === 0) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high === 0 ? { low: 0, high: 1 } : { low, high };
}

function toRgba(image: Raster, window: ValueWindow, isDeep: boolean): Uint8Array {
  const own = isDeep ? measuredRange(image) : { low: 0, high: 255 };
  const { low = own.low, high = own.high, invert, map = 'grey' } = window;
  const scale = (invert ? -1 : 1) / Math.max(1, high - low);
  const start = invert ? high : low;
  const shareOf = (value: number): number => Math.max(0, Math.min(1, (value - start) * scale));
  const background = isDeep ? 'black' : 'mid-grey';
  if (map !== 'grey') return inColours(toChannels(image, 1, background).pixels, map, shareOf, isDeep);
  const { pixels } = toChannels(image, 3, background);
  const rgba = new Uint8Array((pixels.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    for (let channel = 0; channel < 3; channel++) {
      const value = pixels[from + channel];
      rgba[to + channel] = isDeep && value === 0 ? 0 : Math.round(255 * shareOf(value));
    }
  }
  return rgba;
}

const DARKENED = 0.35;

function darkenAround(rgba: Uint8Array, widthPx: number, { x, y, width, height }: Box): void {
  for (let at = 0; at < rgba.length; at += 4) {
    const [column, row] = [(at / 4) % widthPx, Math.floor(at / 4 / widthPx)];
    if (column >= x && column < x + width && row >= y && row < y + height) continue;
    for (let channel = 0; channel < 3; channel++) rgba[at + channel] *= DARKENED;
  }
}

const COLOUR_STEPS = 255;
const BLACK = [0, 0, 0] as const;

function inColours(
  pixels: Pixels,
  map: ColourMap,
  shareOf: (value: number) => number,
  isDeep: boolean,
): Uint8Array {
  const table = Array.from({ length: COLOUR_STEPS + 1 }, (_, step) => colourAt(map, step / COLOUR_STEPS));
  const rgba = new Uint8Array(pixels.length * 4).fill(255);
  for (let at = 0; at < pixels.length; at++) {
    const isUnmeasured = isDeep && pixels[at] === 0;
    rgba.set(isUnmeasured ? BLACK : table[Math.round(COLOUR_STEPS * shareOf(pixels[at]))], at * 4);
  }
  return rgba;
}

async function readable<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new StudioError('bad-input', `${name} cannot be shown: it is damaged, or no picture.`, {
      remedy: 'Replace the file by a whole picture, or exclude the image.',
      details: { path: name },
      cause: error,
    });
  }
}
