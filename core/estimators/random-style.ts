import type { ImageBatch } from '../base/image-batch.ts';
import type { Random } from '../base/random.ts';

/** Maps between the two convolutions of a style. */
const MAPS = 3;
/** Standard deviation of what is added to a map before its ReLU, in the image's units. */
const BIAS_DEVIATION = 0.5;

/**
 * Adds what an untrained refiner makes of the picture: two random convolutions of 3×3 over its grey values with a ReLU
 * between, brought to mean 0 and to `strength` times the contrast of the grey picture, the same in all channels (after the
 * random convolutions of Xu et al. 2021, "Robust and Generalizable Visual Representation Learning via Random
 * Convolutions"). Outside of the picture is mid-grey, so that the frame which a refiner's padding draws is there, too.
 */
export function addRandomStyle(
  image: Float32Array,
  { heightPx, widthPx, channels }: Pick<ImageBatch, 'heightPx' | 'widthPx' | 'channels'>,
  strength: number,
  random: Random,
): void {
  // Planes have a border of one pixel, so that the filters need no case for it.
  const stride = widthPx + 2;
  const grey = new Float32Array(stride * (heightPx + 2));
  for (let y = 0, place = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      for (let channel = 0; channel < channels; channel++, place++) {
        grey[(y + 1) * stride + x + 1] += image[place] / channels;
      }
    }
  }
  const style = new Float32Array(grey.length);
  const map = new Float32Array(grey.length);
  for (let index = 0; index < MAPS; index++) {
    map.fill(0);
    addFiltered(grey, stride, drawFilter(random), map);
    const bias = BIAS_DEVIATION * random.normal();
    for (let row = 1; row <= heightPx; row++) {
      for (let place = row * stride + 1; place <= row * stride + widthPx; place++) {
        map[place] = Math.max(0, map[place] + bias);
      }
    }
    addFiltered(map, stride, drawFilter(random), style);
  }
  const ofStyle = momentsInside(style, heightPx, widthPx);
  const gain =
    (strength * momentsInside(grey, heightPx, widthPx).deviation) / Math.max(ofStyle.deviation, 1e-6);
  for (let y = 0, place = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const added = gain * (style[(y + 1) * stride + x + 1] - ofStyle.mean);
      for (let channel = 0; channel < channels; channel++, place++) image[place] += added;
    }
  }
}

function drawFilter(random: Random): number[] {
  return Array.from({ length: 9 }, () => random.normal());
}

/** Adds a plane through a 3×3 filter to the inside of another; both have a border of one pixel. */
function addFiltered(
  source: Float32Array,
  stride: number,
  filter: readonly number[],
  target: Float32Array,
): void {
  const [f0, f1, f2, f3, f4, f5, f6, f7, f8] = filter;
  for (let row = stride; row < source.length - stride; row += stride) {
    for (let place = row + 1; place < row + stride - 1; place++) {
      const above = place - stride;
      const below = place + stride;
      target[place] +=
        f0 * source[above - 1] +
        f1 * source[above] +
        f2 * source[above + 1] +
        f3 * source[place - 1] +
        f4 * source[place] +
        f5 * source[place + 1] +
        f6 * source[below - 1] +
        f7 * source[below] +
        f8 * source[below + 1];
    }
  }
}

function momentsInside(
  plane: Float32Array,
  heightPx: number,
  widthPx: number,
): { mean: number; deviation: number } {
  const stride = widthPx + 2;
  let [sum, squares] = [0, 0];
  for (let row = stride; row < plane.length - stride; row += stride) {
    for (let place = row + 1; place <= row + widthPx; place++) {
      sum += plane[place];
      squares += plane[place] * plane[place];
    }
  }
  const mean = sum / (heightPx * widthPx);
  return { mean, deviation: Math.sqrt(Math.max(0, squares / (heightPx * widthPx) - mean * mean)) };
}
