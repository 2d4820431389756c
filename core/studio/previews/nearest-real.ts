import { greyPlane, type ImageBatch } from '../../base/image-batch.ts';
import type { Pack } from '../../datasets/pixels/pack.ts';
import { median } from '../../evaluation/statistics.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';

/** Finds real images that look like others. */
export interface NearestReal {
  /** How many real images are compared with. */
  readonly compared: number;
  /** For each image of [n, h, w, c] in [−1, 1]: the real image most like it, in the same shape. */
  find(images: ImageBatch): Promise<Float32Array>;
  /** The real images most like one image, the most alike first. */
  rank(image: ImageBatch, most: number): readonly LikeImage[];
  /**
   * What is usual among real images: the median likeness of one to the other that is most like it, of up to 200 that
   * are evenly chosen. Undefined with fewer than two.
   */
  usualLikeness(): number | undefined;
}

/** A real image that looks like another. */
interface LikeImage {
  /** In the pack. */
  readonly place: number;
  /** Correlation of their thumbnails: 1 for the same drawing, 0 for drawings that have nothing in common. */
  readonly likeness: number;
}

/** More are not looked at, whatever the size of the pack. */
const MOST_IMAGES = 2000;

/** Read at a time while the index is made. */
const BATCH_IMAGES = 64;

/** Of which it is looked up what is usual: enough for a median. */
const USUAL_IMAGES = 200;

/** Longer side of the thumbnails that are compared: small, so that a pixel's shift or grain does not count. */
const THUMBNAIL_PX = 16;

/** Contrast below this (in grey levels) is nothing but noise, and is not brought up. */
const LEAST_CONTRAST = 1;

/**
 * An index of up to 2,000 real images, evenly chosen. Likeness is the L2 distance of thumbnails of 16 px (each pixel the
 * mean over its area) whose mean and contrast are taken out, which orders as their correlation does: what is alike is
 * the drawing, whatever the light.
 */
export async function indexRealImages(pack: Pack): Promise<NearestReal> {
  const places = evenPlaces(pack.count, MOST_IMAGES);
  const thumbnails: Float32Array[] = [];
  for (let start = 0; start < places.length; start += BATCH_IMAGES) {
    const batch = await readBatch(pack, places.subarray(start, start + BATCH_IMAGES));
    for (let index = 0; index < batch.count; index++) thumbnails.push(thumbnailOf(batch, index));
  }
  return {
    compared: places.length,
    async find(images) {
      const nearest = Int32Array.from({ length: images.count }, (_, index) => {
        const [first] = nearestOf(thumbnailOf(images, index), thumbnails, 1);
        return places[first.index];
      });
      return (await readBatch(pack, nearest)).images;
    },
    rank: (image, most) =>
      nearestOf(thumbnailOf(image, 0), thumbnails, most).map(({ index, squares }) => ({
        place: places[index],
        likeness: likenessOf(squares, thumbnails[index].length),
      })),
    usualLikeness() {
      if (thumbnails.length < 2) return undefined;
      const squares = [...evenPlaces(thumbnails.length, USUAL_IMAGES)].map(
        (asked) => nearestOf(thumbnails[asked], thumbnails, 1, asked)[0].squares,
      );
      return likenessOf(median(squares), thumbnails[0].length);
    },
  };
}

interface Near {
  readonly index: number;
  /** Sum of squared differences. */
  readonly squares: number;
}

/** The nearest thumbnails, the nearest first; one may be left out. */
function nearestOf(
  wanted: Float32Array,
  thumbnails: readonly Float32Array[],
  most: number,
  leftOut?: number,
): Near[] {
  const nearest: Near[] = [];
  let least = Infinity;
  thumbnails.forEach((thumbnail, index) => {
    if (index === leftOut) return;
    let squares = 0;
    // A sum that is too large already cannot become small again.
    for (let at = 0; at < wanted.length && squares < least; at++)
      squares += (wanted[at] - thumbnail[at]) ** 2;
    if (squares >= least) return;
    nearest.push({ index, squares });
    nearest.sort((left, right) => left.squares - right.squares);
    nearest.length = Math.min(nearest.length, most);
    if (nearest.length === most) least = nearest[most - 1].squares;
  });
  return nearest;
}

/** Of vectors with mean 0 and deviation 1, the mean squared difference is 2 (1 − correlation). */
function likenessOf(squares: number, length: number): number {
  return Math.max(-1, 1 - squares / (2 * length));
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
