import { join } from 'node:path';
import type { ImageBatch } from '../../base/image-batch.ts';
import { takeTurn } from '../../base/long-work.ts';
import { mapOrdered } from '../../base/map-ordered.ts';
import { StudioError } from '../../base/studio-error.ts';
import { preprocessingSchema, type Preprocessing } from '../../contract/preprocessing.ts';
import { decodeImage } from '../../datasets/pixels/decode.ts';
import { fullScaleOf, toSigned } from '../../datasets/pixels/normalise.ts';
import { prepareImage } from '../../datasets/pixels/prepare.ts';
import { quantile } from '../../evaluation/statistics.ts';
import type { DatasetRole } from '../../library/datasets.ts';
import type { Image } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';

/** Images of either domain in one shape, so that they can be compared. */
export interface ComparableImages {
  readonly batch: ImageBatch;
  /** Of each image of the batch. */
  readonly imageIds: readonly number[];
}

/** Longest side at which domains are compared. */
const LONGEST_PX = 64;
/** Below this a network has nothing to look at. */
const SHORTEST_PX = 16;

const SHAPE_IMAGES = 40;
const DECODED_AT_ONCE = 4;

/** Images of a role that are in use, evenly over their ids, at most `most`. */
export function spreadImages(library: Library, role: DatasetRole, most: number): Image[] {
  const ids = library.imageSearch.orderedIds({ role, excluded: false, missing: false }, 'id');
  const length = Math.min(most, ids.length);
  return library.images.getMany(
    Array.from({ length }, (_, index) => ids[Math.floor(((index + 0.5) * ids.length) / length)]),
  );
}

/**
 * A shape that suits both domains: grey, the median size shrunk to at most 64 pixels, cropped rather than squeezed.
 * Where all images are depth maps, the millimetres that most of them measure. Undefined where there is no image.
 */
export async function commonShape(library: Library): Promise<Preprocessing | undefined> {
  const images = [
    ...spreadImages(library, 'synthetic', SHAPE_IMAGES),
    ...spreadImages(library, 'real', SHAPE_IMAGES),
  ];
  if (images.length === 0) return undefined;
  const widthPx = quantile(
    images.map((image) => image.crop?.width ?? image.widthPx),
    0.5,
  );
  const heightPx = quantile(
    images.map((image) => image.crop?.height ?? image.heightPx),
    0.5,
  );
  const scale = Math.min(1, LONGEST_PX / Math.max(widthPx, heightPx));
  const isDepth = images.every(({ bitDepth, channels }) => bitDepth === 16 && channels === 1);
  const depth = isDepth ? await depthWindow(library, images) : undefined;
  return preprocessingSchema.parse({
    widthPx: Math.max(SHORTEST_PX, Math.round(widthPx * scale)),
    heightPx: Math.max(SHORTEST_PX, Math.round(heightPx * scale)),
    channels: 1,
    bitDepth: depth ? 16 : 8,
    fit: 'cover',
    equalise: false,
    ...(depth ? { depth } : {}),
  });
}

/** Images decoded and brought into a shape; those that cannot be are left out. */
export async function readComparable(
  library: Library,
  images: readonly Image[],
  shape: Preprocessing,
  { signal, onImage }: { readonly signal: AbortSignal; readonly onImage: (done: number) => void },
): Promise<ComparableImages> {
  const { widthPx, heightPx, channels } = shape;
  const size = widthPx * heightPx * channels;
  const values = new Float32Array(images.length * size);
  const imageIds: number[] = [];
  const prepared = mapOrdered(images, DECODED_AT_ONCE, async (image) => {
    const decoded = await decodeOf(library, image);
    return { image, pixels: decoded && preparedPixels(decoded, image, shape) };
  });
  let done = 0;
  for await (const { image, pixels } of prepared) {
    if (pixels) {
      toSigned(pixels, fullScaleOf(shape), values, imageIds.length * size);
      imageIds.push(image.id);
    }
    onImage(++done);
    if (done % 32 === 0) await takeTurn(signal);
  }
  const batch = { images: values.subarray(0, imageIds.length * size), count: imageIds.length };
  return { batch: { ...batch, widthPx, heightPx, channels }, imageIds };
}

type Decoded = Awaited<ReturnType<typeof decodeImage>>;

async function decodeOf(library: Library, image: Image): Promise<Decoded | undefined> {
  const dataset = library.datasets.get(image.datasetId);
  if (!dataset) return undefined;
  try {
    return await decodeImage(join(dataset.rootPath, image.path), image.path, dataset.depth);
  } catch (error) {
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}

function preparedPixels(decoded: Decoded, image: Image, shape: Preprocessing) {
  try {
    return prepareImage(decoded, image.crop ?? undefined, shape, image.path).pixels;
  } catch (error) {
    // A picture among depth maps, or a crop that a file of another size does not have.
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}

/** From the nearest to nearly the farthest measured depth: what most of these images are about. */
async function depthWindow(
  library: Library,
  images: readonly Image[],
): Promise<NonNullable<Preprocessing['depth']>> {
  const measured: number[] = [];
  for (const image of images) {
    const decoded = await decodeOf(library, image);
    if (!decoded) continue;
    const step = Math.max(1, Math.floor(decoded.pixels.length / 1000));
    for (let at = 0; at < decoded.pixels.length; at += step) {
      if (decoded.pixels[at] > 0) measured.push(decoded.pixels[at]);
    }
  }
  if (measured.length === 0) return { foregroundOffsetMm: 0, windowMm: 65_535 };
  const near = Math.floor(quantile(measured, 0.01));
  const far = Math.ceil(quantile(measured, 0.99));
  return { foregroundOffsetMm: near - 1, windowMm: Math.max(1, far - near + 1) };
}
