import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { JsColorType, Transformer } from '@napi-rs/image';
import {
  convertIndexedToRgb,
  decode as decodePngFile,
  encode as encodePngFile,
  hasPngSignature,
} from 'fast-png';
import { z } from 'zod';
import { StudioError, messageOf, systemCodeOf } from '../../base/studio-error.ts';
import type { DepthMaps } from '../../contract/depth-maps.ts';
import { readDepth } from './depth.ts';
import { isJpeg, jpegIsWhole } from './jpeg.ts';
import { isWebp, pngOrientation, turnUpright, webpOrientation } from './orientation.ts';
import { bitDepthOf } from './raster.ts';
import type { BitDepth, ChannelCount, Pixels, Raster } from './raster.ts';
import { countTiffPages } from './tiff.ts';

export interface DecodedImage extends Raster {
  readonly bitDepth: BitDepth;
  /** Package and version that decoded it; JPEG decoders differ in the last bits, so packs record it. */
  readonly decoder: string;
}

/** Beyond these a picture is refused: nothing that is trained on comes near. */
const MAX_PIXELS = 100_000_000;
const MAX_FILE_BYTES = 512 * 1024 * 1024;

/**
 * A picture file, or its bytes, as pixels: PNG by fast-png (1 to 16 bit, palettes as RGB or RGBA; a colour key of
 * grey or RGB files is not applied), everything else by @napi-rs/image (JPEG, WebP, AVIF, TIFF, BMP, PGM, PPM). It is
 * turned upright by its EXIF orientation. Grey stays grey, 16 bit stay 16 bit, alpha is kept.
 * @param nameForErrors what messages call the picture; the path where it is left out
 * @param depth of a depth map: it is read as one, see `readDepth`
 * @throws StudioError 'bad-input' for an empty, truncated, damaged, too large or unknown file, 'not-found' without one
 */
export async function decodeImage(
  source: string | Uint8Array,
  nameForErrors?: string,
  depth?: DepthMaps | null,
): Promise<DecodedImage> {
  const name = nameForErrors ?? (typeof source === 'string' ? source : 'the picture');
  const bytes = typeof source === 'string' ? await readPicture(source, name) : source;
  if (bytes.length === 0) throw unreadable(name, 'is empty');
  const decoded = hasPngSignature(bytes)
    ? turnUpright(decodePng(bytes, name), pngOrientation(bytes))
    : await decodeOther(bytes, name);
  return depth ? { ...decoded, ...readDepth(decoded, depth, name), bitDepth: 16 } : decoded;
}

/** A lossless PNG of 8 or 16 bit, 1 or 3 channels; the same pixels give the same bytes. */
export function encodePng(image: {
  readonly pixels: Pixels;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 3;
}): Uint8Array {
  return encodePngFile(
    {
      width: image.widthPx,
      height: image.heightPx,
      channels: image.channels,
      depth: bitDepthOf(image.pixels),
      data: image.pixels,
    },
    { zlib: { level: 6 } },
  );
}

/** The bytes of a picture file, with errors as `decodeImage` has them. */
export async function readPicture(path: string, name: string): Promise<Uint8Array> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > MAX_FILE_BYTES) {
        throw unreadable(name, `is too large: ${size} bytes, at most ${MAX_FILE_BYTES} are read`);
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined || error instanceof StudioError) throw error;
    if (code === 'ENOENT') {
      throw new StudioError('not-found', `${name} is not there.`, {
        remedy: 'Put the file back, or import the folder again.',
        details: { path: name },
        cause: error,
      });
    }
    throw unreadable(name, `cannot be read (${code})`, error);
  }
}

function decodePng(bytes: Uint8Array, name: string): DecodedImage {
  // Width and height stand at fixed places of the first chunk (PNG specification, 11.2.2).
  if (bytes.length < 24) throw unreadable(name, 'is truncated');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkSize(view.getUint32(16), view.getUint32(20), name);
  try {
    const png = decodePngFile(bytes, { checkCrc: true });
    const size = { widthPx: png.width, heightPx: png.height, decoder: decoderName('fast-png') };
    if (png.palette) {
      const pixels = convertIndexedToRgb(png);
      return { ...size, pixels, channels: png.palette[0].length === 4 ? 4 : 3, bitDepth: 8 };
    }
    const channels = channelCount(png.channels);
    if (png.depth === 16) {
      return { ...size, pixels: new Uint16Array(png.data), channels, bitDepth: 16 };
    }
    const pixels = png.depth === 8 ? new Uint8Array(png.data) : unpackBits(png);
    return { ...size, pixels, channels, bitDepth: 8 };
  } catch (error) {
    throw unreadable(name, error instanceof RangeError ? 'is truncated' : 'is damaged', error);
  }
}

/** Grey of 1, 2 or 4 bits, packed from the highest bit on and padded at the end of each row, as 8 bits. */
function unpackBits(png: {
  width: number;
  height: number;
  depth: number;
  data: ArrayLike<number>;
}): Uint8Array {
  const rowBytes = Math.ceil((png.width * png.depth) / 8);
  const mask = (1 << png.depth) - 1;
  const pixels = new Uint8Array(png.width * png.height);
  for (let y = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++) {
      const bit = x * png.depth;
      const value = (png.data[y * rowBytes + (bit >> 3)] >> (8 - png.depth - (bit & 7))) & mask;
      pixels[y * png.width + x] = (value * 255) / mask;
    }
  }
  return pixels;
}

async function decodeOther(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  if (isJpeg(bytes) && !jpegIsWhole(bytes)) throw unreadable(name, 'is truncated');
  const pages = countTiffPages(bytes);
  if (pages > 1) throw unreadable(name, `holds ${pages} pages; save each as a picture of its own`);
  const most = netpbmMost(bytes);
  if (most !== undefined && most > 255 && most !== 65535) {
    throw unreadable(name, `has ${most} for white; pictures of 16 bit are read with 65535 only`);
  }
  const transformer = new Transformer(bytes);
  let metadata;
  try {
    metadata = await transformer.metadata(true);
  } catch (error) {
    throw unreadable(name, reasonOf(error), error);
  }
  checkSize(metadata.width, metadata.height, name);
  const layout = LAYOUTS.get(metadata.colorType);
  if (!layout) throw unreadable(name, 'holds floating-point pixels, which are not read');
  const [channels, bitDepth] = layout;
  const turned = (metadata.orientation ?? 1) >= 5;
  try {
    const raw = await transformer.rotate().rawPixels();
    const decoded: DecodedImage = {
      pixels:
        bitDepth === 16
          ? new Uint16Array(new Uint8Array(raw).buffer)
          : new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength),
      widthPx: turned ? metadata.height : metadata.width,
      heightPx: turned ? metadata.width : metadata.height,
      channels,
      bitDepth,
      decoder: decoderName('@napi-rs/image'),
    };
    // The decoder turns JPEG and TIFF by itself.
    return isWebp(bytes) ? turnUpright(decoded, webpOrientation(bytes)) : decoded;
  } catch (error) {
    throw unreadable(name, reasonOf(error), error);
  }
}

/** What the decoder's error means. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (/does not support|unhandled|unsupported/i.test(message)) {
    return 'holds pixels of a kind that is not read: whole numbers of 8 or 16 bit are';
  }
  if (/guess format|not supported/i.test(message)) {
    return 'is no picture of a known kind (PNG, JPEG, WebP, AVIF, TIFF, BMP, PGM, PPM)';
  }
  return 'is truncated or damaged';
}

/** The value for white in the header of a PGM or PPM file (netpbm.sourceforge.net/doc/pgm.html). */
function netpbmMost(bytes: Uint8Array): number | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 512));
  const most = /^P[2356](?:\s+|#.*\n)+\d+(?:\s+|#.*\n)+\d+(?:\s+|#.*\n)+(\d+)\s/.exec(head)?.[1];
  return most === undefined ? undefined : Number(most);
}

const LAYOUTS = new Map<JsColorType, readonly [ChannelCount, BitDepth]>([
  [JsColorType.L8, [1, 8]],
  [JsColorType.La8, [2, 8]],
  [JsColorType.Rgb8, [3, 8]],
  [JsColorType.Rgba8, [4, 8]],
  [JsColorType.L16, [1, 16]],
  [JsColorType.La16, [2, 16]],
  [JsColorType.Rgb16, [3, 16]],
  [JsColorType.Rgba16, [4, 16]],
]);

function channelCount(channels: number): ChannelCount {
  if (channels === 1 || channels === 2 || channels === 3 || channels === 4) return channels;
  throw new Error(`A PNG has 1 to 4 channels, not ${channels}.`);
}

function checkSize(widthPx: number, heightPx: number, name: string): void {
  if (widthPx * heightPx > MAX_PIXELS) {
    throw unreadable(name, `is too large: ${widthPx} × ${heightPx} pixels, at most ${MAX_PIXELS} are read`);
  }
}

function unreadable(name: string, what: string, cause?: unknown): StudioError {
  const reason = cause === undefined ? '' : ` (${messageOf(cause).replace(/[\s:.]+$/, '')})`;
  return new StudioError('bad-input', `${name} ${what}${reason}.`, {
    remedy: 'Replace the file by a whole picture, or leave it out.',
    details: { path: name },
    cause,
  });
}

const versions = new Map<string, string>();

function decoderName(packageName: 'fast-png' | '@napi-rs/image'): string {
  let version = versions.get(packageName);
  if (version === undefined) {
    version = packageVersion(packageName);
    versions.set(packageName, version);
  }
  return `${packageName} ${version}`;
}

const manifestSchema = z.object({ name: z.string().optional(), version: z.string().optional() });

/** fast-png does not export its package.json, so it is looked for upwards from its entry file. */
function packageVersion(packageName: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(packageName));
  while (dirname(folder) !== folder) {
    try {
      const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
      if (manifest.name === packageName && manifest.version !== undefined) return manifest.version;
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
    }
    folder = dirname(folder);
  }
  return 'of unknown version';
}
