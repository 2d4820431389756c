import { greyPlane, type ImageBatch } from '../base/image-batch.ts';
import type { Pack } from '../datasets/pixels/pack.ts';
import { evenPlaces, readBatch } from './pack-samples.ts';

/** Finds real images that look like others. */
export interface NearestReal {
  /** For each image of [n, h, w, c] in [−1, 1]: the real image most like it, in the same shape. */
  find(images: ImageBatch): Promise<Float32Array>;
}

/** More are not looked at, whatever the size of the pack. */
const MOST_IMAGES = 2000;

/** Read at a time while the index is made. */
const BATCH_IMAGES = 64;

/** Longer side of the thumbnails that are compared: small, so that a pixel's shift or grain does not count. */
const THUMBNAIL_PX = 16;

/** Contrast below this (in grey levels) is nothing but noise, and is not brought up. */
const LEAST_CONTRAST = 1;

/**
 * An index of up to 2,000 real images, evenly chosen. Likeness is the L2 distance of thumbnails of 16 px (each pixel the
 * mean over its area) whose mean and contrast are taken out: what is alike is the drawing, whatever the light.
 */
export async function indexRealImages(pack: Pack): Promise<NearestReal> {
  const places = evenPlaces(pack.count, MOST_IMAGES);
  const thumbnails: Float32Array[] = [];
  for (let start = 0; start < places.length; start += BATCH_IMAGES) {
    const batch = await readBatch(pack, places.subarray(start, start + BATCH_IMAGES));
    for (let index = 0; index < batch.count; index++) thumbnails.push(thumbnailOf(batch, index));
  }
  return {
    async find(images) {
      const nearest = Int32Array.from(
        { length: images.count },
        (_, index) => places[nearestOf(thumbnailOf(images, index), thumbnails)],
      );
      return (await readBatch(pack, nearest)).images;
    },
  };
}

function nearestOf(wanted: Float32Array, thumbnails: readonly Float32Array[]): number {
  let [nearest, least] = [0, Infinity];
  thumbnails.forEach((thumbnail, index) => {
    let sum = 0;
    // A sum that is too large already cannot become small again.
    for (let at = 0; at < wanted.length && sum < least; at++) sum += (wanted[at] - thumbnail[at]) ** 2;
    if (sum < least) [nearest, least] = [index, sum];
  });
  return nearest;
}

function thumbnailOf(batch: ImageBatch, index: number): Float32Array {
  const { heightPx, widthPx } = batch;
  const scale = Math.min(1, THUMBNAIL_PX / Math.max(heightPx, widthPx));
  const [rows, columns] = [heightPx, widthPx].map((length) => Math.max(1, Math.round(length * scale)));
  const sums = new Float32Array(rows * columns);
  const counts = new Float32Array(rows * columns);
  const plane = greyPlane(batch, index);
  for (let y = 0; y < heightPx; y++) {
    const row = Math.floor((y * rows) / heightPx) * columns;
    for (let x = 0; x < widthPx; x++) {
      const at = row + Math.floor((x * columns) / widthPx);
      sums[at] += plane[y * widthPx + x];
      counts[at] += 1;
    }
  }
  return standardised(sums.map((sum, at) => sum / counts[at]));
}

/** Mean 0 and deviation 1. */
function standardised(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const contrast = Math.max(LEAST_CONTRAST, Math.sqrt(variance));
  return values.map((value) => (value - mean) / contrast);
}
