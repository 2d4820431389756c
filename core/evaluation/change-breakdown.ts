import { checkSameShape, type ImageBatch } from '../base/image-batch.ts';
import { HISTOGRAM_BINS, placeOf } from '../base/histogram.ts';

/** What the change from images to their refined versions is made of: shares of its mean square, which sum to 1. */
export interface ChangeBreakdown {
  readonly tone: number;
  readonly noise: number;
  readonly structure: number;
}

/**
 * Takes the mean squared change E[(x̃ − x)²] of a set apart.
 *
 * **Tone**: what one tone curve for the whole set does. The curve t is the mean of x̃ over all pixels of one grey level of x
 * (per channel), the regression of x̃ on x; by the law of total variance E[(x̃ − x)²] = E[(t(x) − x)²] + E[r²] with
 * r = x̃ − t(x), and the first term is the tone.
 *
 * **Noise**: what of r has nothing to do with the neighbouring pixel: the nugget of its autocovariance C (Matheron 1963),
 * C(0) − C(0⁺), where C(0⁺) is what C is at 0 when it goes on from the lags 1 and 2 as a parabola, (4·C(1) − C(2)) / 3, as
 * it does for everything smooth.
 *
 * **Structure**: the rest of r: shading, edges that were sharpened or moved, what was drawn in or taken away.
 *
 * Undefined where nothing changed. Images are paired.
 * @throws RangeError where they differ in size or count
 */
export function breakDownChange(original: ImageBatch, refined: ImageBatch): ChangeBreakdown | undefined {
  checkSameShape(original, refined, 'Breakdown of change');
  if (original.count !== refined.count) {
    throw new RangeError(`${original.count} images cannot be paired with ${refined.count} refined ones.`);
  }
  const total = meanSquare(refined.images.map((value, place) => value - original.images[place]));
  if (!(total > LEAST_CHANGE)) return undefined;
  const rest = withoutTone(original, refined);
  const [atPixel, atOne, atTwo] = autocovariance({ ...refined, images: rest });
  const smooth = Math.max(0, Math.min(atPixel, (4 * atOne - atTwo) / 3));
  const noise = (atPixel - smooth) / total;
  const structure = smooth / total;
  return { tone: Math.max(0, 1 - noise - structure), noise, structure };
}

/** A thousandth of a grey level, squared. */
const LEAST_CHANGE = (0.001 / 127.5) ** 2;

/** r = x̃ − t(x). */
function withoutTone({ images, channels }: ImageBatch, refined: ImageBatch): Float32Array {
  const binOf = (value: number): number =>
    Math.max(0, Math.min(HISTOGRAM_BINS - 1, Math.round(placeOf(value))));
  const sums = new Float64Array(HISTOGRAM_BINS * channels);
  const counts = new Float64Array(HISTOGRAM_BINS * channels);
  images.forEach((value, place) => {
    const at = binOf(value) * channels + (place % channels);
    sums[at] += refined.images[place];
    counts[at] += 1;
  });
  return refined.images.map((value, place) => {
    const at = binOf(images[place]) * channels + (place % channels);
    return value - sums[at] / counts[at];
  });
}

/** E[r(p) r(p + h)] at lags 0, 1 and 2, the mean over both axes, images and channels. The mean of r is 0. */
function autocovariance({ images, count, heightPx, widthPx, channels }: ImageBatch): number[] {
  return [0, 1, 2].map((lag) => {
    let [sum, pairs] = [0, 0];
    for (let index = 0; index < count; index++) {
      const start = index * heightPx * widthPx * channels;
      for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
          for (let channel = 0; channel < channels; channel++) {
            const at = start + (y * widthPx + x) * channels + channel;
            if (x + lag < widthPx) {
              sum += images[at] * images[at + lag * channels];
              pairs += 1;
            }
            if (y + lag < heightPx) {
              sum += images[at] * images[at + lag * widthPx * channels];
              pairs += 1;
            }
          }
        }
      }
    }
    return pairs > 0 ? sum / pairs : 0;
  });
}

function meanSquare(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}
