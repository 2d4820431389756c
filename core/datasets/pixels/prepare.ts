import { createHash } from 'node:crypto';
import { StudioError } from '../../base/studio-error.ts';
import { preprocessingSchema } from '../../contract/preprocessing.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { placeBox } from './geometry.ts';
import type { AffineMap, Box } from './geometry.ts';
import { equaliseHistogram, isolateForeground, toBitDepth, toChannels } from './normalise.ts';
import { bitDepthOf, newPixels, whiteOf } from './raster.ts';
import type { Pixels, Raster } from './raster.ts';
import { resample, resampleNearest } from './resample.ts';

export interface PreparedImage {
  /** height × width × channels of the preprocessing, at its bit depth. */
  readonly pixels: Pixels;
  /** From pixels of the stored picture to pixels of this one; give it to `mapKeypoints`. */
  readonly transform: AffineMap;
}

/** Raised when the steps below give other pixels for the same record, so that old packs are made anew. */
const PIPELINE_VERSION = 1;

/** 16 hex digits that name a preprocessing: the same record in any key order, the same digits. */
export function preprocessingHash(preprocessing: Preprocessing): string {
  const canonical = canonicalJson({
    pipeline: PIPELINE_VERSION,
    ...preprocessingSchema.parse(preprocessing),
  });
  return createHash('sha256').update(canonical).digest('hex').slice(0, 16);
}

/**
 * A decoded picture as a network sees it: crop, channels, size, then equalisation of what is picture (padding stays
 * out of the histogram), padding with mid-grey; for depth nearest pixels, the window, padding with background.
 * @throws StudioError 'bad-input' when the crop holds no pixel, or depth is asked of a picture that has none
 */
export function prepareImage(
  image: Raster,
  cropBox: Box | undefined,
  preprocessing: Preprocessing,
  nameForErrors = 'the picture',
): PreparedImage {
  const { channels, bitDepth, depth } = preprocessing;
  const box = cropBox ?? { x: 0, y: 0, width: image.widthPx, height: image.heightPx };
  const { source, target, transform } = placeBox(box, preprocessing);
  const bounds = pixelBounds(source, image, nameForErrors);
  const part = extract(image, bounds);
  const within: Box = { ...source, x: source.x - bounds.x, y: source.y - bounds.y };
  let content: Pixels;
  if (depth) {
    if (bitDepthOf(image.pixels) !== 16 || image.channels > 2) {
      throw new StudioError(
        'bad-input',
        `${nameForErrors} holds no depth in millimetres: it is no grey picture of 16 bit.`,
        {
          remedy: 'Choose a preprocessing without depth for this dataset, or import depth maps.',
          details: { path: nameForErrors },
        },
      );
    }
    const nearest = resampleNearest(toChannels(part, 1, 'black'), within, target.width, target.height);
    content = isolateForeground(new Uint16Array(nearest.pixels), depth);
  } else {
    const resized = resample(toChannels(part, channels, 'mid-grey'), within, target.width, target.height);
    const scaled = toBitDepth(resized.pixels, bitDepth);
    content = preprocessing.equalise && scaled instanceof Uint8Array ? equaliseHistogram(scaled) : scaled;
  }
  return { pixels: pad(content, target, preprocessing), transform };
}

/** The whole pixels that the box touches, and one more on each side for interpolation, inside the picture. */
function pixelBounds(box: Box, image: Raster, name: string): Box {
  const x = Math.max(0, Math.floor(box.x) - 1);
  const y = Math.max(0, Math.floor(box.y) - 1);
  const width = Math.min(image.widthPx, Math.ceil(box.x + box.width) + 1) - x;
  const height = Math.min(image.heightPx, Math.ceil(box.y + box.height) + 1) - y;
  if (!(box.width > 0 && box.height > 0 && width > 0 && height > 0)) {
    throw new StudioError(
      'bad-input',
      `The crop of ${name} (${box.width} × ${box.height} at ${box.x}, ${box.y}) holds none of its ${image.widthPx} × ${image.heightPx} pixels.`,
      { remedy: 'Import the picture again, or exclude it.', details: { path: name } },
    );
  }
  return { x, y, width, height };
}

function extract(image: Raster, bounds: Box): Raster {
  const { channels } = image;
  if (bounds.width === image.widthPx && bounds.height === image.heightPx) return image;
  const rowLength = bounds.width * channels;
  const pixels = newPixels(bounds.height * rowLength, bitDepthOf(image.pixels));
  for (let y = 0; y < bounds.height; y++) {
    const from = ((bounds.y + y) * image.widthPx + bounds.x) * channels;
    pixels.set(image.pixels.subarray(from, from + rowLength), y * rowLength);
  }
  return { pixels, widthPx: bounds.width, heightPx: bounds.height, channels };
}

function pad(content: Pixels, target: Box, preprocessing: Preprocessing): Pixels {
  const { widthPx, heightPx, channels, bitDepth } = preprocessing;
  if (target.width === widthPx && target.height === heightPx) return content;
  const pixels = newPixels(widthPx * heightPx * channels, bitDepth);
  pixels.fill(preprocessing.depth ? 0 : (whiteOf(bitDepth) + 1) / 2);
  const rowLength = target.width * channels;
  for (let y = 0; y < target.height; y++) {
    const to = ((target.y + y) * widthPx + target.x) * channels;
    pixels.set(content.subarray(y * rowLength, (y + 1) * rowLength), to);
  }
  return pixels;
}

/** JSON with sorted keys and without undefined values. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}
