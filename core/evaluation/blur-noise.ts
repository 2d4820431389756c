import { checkSameShape, valuesPerImage, type ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import { smooth } from './plane.ts';

/** A camera in two numbers: what blur and noise turn one set of images into another. */
export interface BlurNoise {
  /** Standard deviation of the Gaussian, in pixels. */
  readonly blurPx: number;
  /** Standard deviation of the white noise, in units of [−1, 1]. */
  readonly noise: number;
}

/** Distances between the pixels that are compared, in pixels. */
const LAGS = [1, 2, 3, 4, 6];

const WIDEST_BLUR_PX = 3;
const COARSE_STEP_PX = 0.25;
const FINE_STEP_PX = 0.05;

/** More images hardly change the result. */
const MOST_IMAGES = 100;

/**
 * Fits blur and noise by structure functions D(h) = E[(y(p + h) − y(p))²] along both axes (Kolmogorov 1941; the variogram
 * of geostatistics, Matheron 1963). A set that is blurred, brought to another contrast g and overlaid with white noise σ
 * has D(h) = g² · D_blurred(h) + 2σ² at every h > 0. For each blur, g² and σ² are the weighted least-squares solution with
 * neither below 0, a closed form; the blur whose fit is best is taken, from 0 to 3 px, to 0.05. The gain only
 * keeps a difference of contrast from being taken for noise, and is not part of the result.
 *
 * @throws RangeError where the sets differ in size of image or one of them is empty.
 */
export function fitBlurNoise(source: ImageBatch, target: ImageBatch): BlurNoise {
  checkSameShape(source, target, 'Blur and noise');
  if (source.count === 0 || target.count === 0) throw new RangeError('An empty set has no structure.');
  const wanted = structureFunction(target, 0);
  let best = { blurPx: 0, noise: 0, error: Infinity };
  const search = (fromPx: number, toPx: number, stepPx: number): void => {
    for (let step = 0; step <= Math.round((toPx - fromPx) / stepPx); step++) {
      const blurPx = fromPx + step * stepPx;
      const { noise, error } = fitNoise(structureFunction(source, blurPx), wanted);
      if (error < best.error) best = { blurPx, noise, error };
    }
  };
  search(0, WIDEST_BLUR_PX, COARSE_STEP_PX);
  const { blurPx } = best;
  search(Math.max(0, blurPx - COARSE_STEP_PX), blurPx + COARSE_STEP_PX, FINE_STEP_PX);
  return { blurPx: best.blurPx, noise: best.noise };
}

/** Blurs every image and adds noise, cut off at the ends of the range. The same seed gives the same noise. */
export function applyBlurNoise(batch: ImageBatch, { blurPx, noise }: BlurNoise, seed: number): ImageBatch {
  const random = createRandom(seed, 'blur and noise');
  const images = new Float32Array(batch.images.length);
  const size = valuesPerImage(batch);
  for (let index = 0; index < batch.count; index++) {
    for (let channel = 0; channel < batch.channels; channel++) {
      const plane = channelOf(batch, index, channel);
      smooth({ ...batch, values: plane }, blurPx).forEach((value, pixel) => {
        const noisy = noise > 0 ? value + noise * random.normal() : value;
        images[index * size + pixel * batch.channels + channel] = Math.max(-1, Math.min(1, noisy));
      });
    }
  }
  return { ...batch, images };
}

/** D(h) at the lags, the mean over both axes, images and channels. */
function structureFunction(batch: ImageBatch, blurPx: number): Float64Array {
  const { heightPx, widthPx, channels, count } = batch;
  const sums = new Float64Array(LAGS.length);
  const pairs = new Float64Array(LAGS.length);
  const images = Math.min(count, MOST_IMAGES);
  for (let chosen = 0; chosen < images; chosen++) {
    const index = Math.floor(((chosen + 0.5) * count) / images);
    for (let channel = 0; channel < channels; channel++) {
      const values = smooth({ heightPx, widthPx, values: channelOf(batch, index, channel) }, blurPx);
      LAGS.forEach((lag, place) => {
        for (let y = 0; y < heightPx; y++) {
          for (let x = 0; x < widthPx; x++) {
            const at = y * widthPx + x;
            if (x + lag < widthPx) {
              sums[place] += (values[at + lag] - values[at]) ** 2;
              pairs[place] += 1;
            }
            if (y + lag < heightPx) {
              sums[place] += (values[at + lag * widthPx] - values[at]) ** 2;
              pairs[place] += 1;
            }
          }
        }
      });
    }
  }
  return sums.map((sum, place) => (pairs[place] > 0 ? sum / pairs[place] : 0));
}

/** Gain² and 2σ² that make `wanted` of `blurred`, with relative errors squared; only the noise is wanted. */
function fitNoise(blurred: Float64Array, wanted: Float64Array): { noise: number; error: number } {
  let [bb, b1, bw, ww, w1, one] = [0, 0, 0, 0, 0, 0];
  blurred.forEach((value, place) => {
    const target = wanted[place];
    if (target <= 0) return;
    const weight = 1 / (target * target);
    bb += weight * value * value;
    b1 += weight * value;
    bw += weight * value * target;
    ww += weight * target * target;
    w1 += weight * target;
    one += weight;
  });
  const determinant = bb * one - b1 * b1;
  let gain = determinant > 0 ? (bw * one - b1 * w1) / determinant : 0;
  let offset = determinant > 0 ? (bb * w1 - b1 * bw) / determinant : 0;
  // At the border of what is possible the other one alone is fitted.
  if (offset < 0) [gain, offset] = [bb > 0 ? bw / bb : 0, 0];
  if (gain < 0) [gain, offset] = [0, one > 0 ? w1 / one : 0];
  const error =
    ww + gain * gain * bb + offset * offset * one - 2 * gain * bw - 2 * offset * w1 + 2 * gain * offset * b1;
  return { noise: Math.sqrt(offset / 2), error };
}

function channelOf(
  { images, heightPx, widthPx, channels }: ImageBatch,
  index: number,
  channel: number,
): Float32Array {
  const start = index * heightPx * widthPx * channels + channel;
  return Float32Array.from({ length: heightPx * widthPx }, (_, pixel) => images[start + pixel * channels]);
}
