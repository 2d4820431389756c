import type { Box } from './geometry.ts';
import { bitDepthOf, newPixels } from './raster.ts';
import type { Raster } from './raster.ts';

/**
 * A part of a picture at another size. Along each axis by itself: the mean over the area that a pixel covers when
 * shrinking (OpenCV's INTER_AREA), linear interpolation between pixel centres when enlarging (INTER_LINEAR). Beyond
 * the border the outermost pixels go on.
 */
export function resample(image: Raster, source: Box, widthPx: number, heightPx: number): Raster {
  const { channels } = image;
  const columns = axisTaps(source.x, source.width, widthPx, image.widthPx);
  const rows = axisTaps(source.y, source.height, heightPx, image.heightPx);
  const firstRow = Math.min(...rows.map((tap) => tap.first));
  const endRow = Math.max(...rows.map((tap) => tap.first + tap.weights.length));
  const rowLength = widthPx * channels;
  const narrowed = new Float32Array((endRow - firstRow) * rowLength);
  for (let y = firstRow; y < endRow; y++) {
    for (let x = 0; x < widthPx; x++) {
      const { first, weights } = columns[x];
      const from = (y * image.widthPx + first) * channels;
      const to = (y - firstRow) * rowLength + x * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) {
          sum += weights[tap] * image.pixels[from + tap * channels + channel];
        }
        narrowed[to + channel] = sum;
      }
    }
  }
  const pixels = newPixels(heightPx * rowLength, bitDepthOf(image.pixels));
  for (let y = 0; y < heightPx; y++) {
    const { first, weights } = rows[y];
    for (let column = 0; column < rowLength; column++) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) {
        sum += weights[tap] * narrowed[(first - firstRow + tap) * rowLength + column];
      }
      pixels[y * rowLength + column] = Math.round(sum);
    }
  }
  return { pixels, widthPx, heightPx, channels };
}

/**
 * The same without mixing values, for depth: between a hand and the wall behind it there is nothing. The pixel under
 * each target pixel's centre; 0 beyond the border.
 */
export function resampleNearest(image: Raster, source: Box, widthPx: number, heightPx: number): Raster {
  const { channels } = image;
  const pixels = newPixels(widthPx * heightPx * channels, bitDepthOf(image.pixels));
  for (let y = 0; y < heightPx; y++) {
    const sourceY = Math.floor(source.y + ((y + 0.5) * source.height) / heightPx);
    if (sourceY < 0 || sourceY >= image.heightPx) continue;
    for (let x = 0; x < widthPx; x++) {
      const sourceX = Math.floor(source.x + ((x + 0.5) * source.width) / widthPx);
      if (sourceX < 0 || sourceX >= image.widthPx) continue;
      for (let channel = 0; channel < channels; channel++) {
        pixels[(y * widthPx + x) * channels + channel] =
          image.pixels[(sourceY * image.widthPx + sourceX) * channels + channel];
      }
    }
  }
  return { pixels, widthPx, heightPx, channels };
}

/** The source pixels that make one target pixel along an axis: consecutive, with weights that sum to 1. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

function axisTaps(origin: number, length: number, count: number, limit: number): Taps[] {
  const step = length / count;
  return Array.from({ length: count }, (_, index) => {
    const start = origin + index * step;
    if (step <= 1) {
      const centre = start + step / 2 - 0.5;
      const left = Math.floor(centre);
      return clampTaps(left, [1 - (centre - left), centre - left], limit);
    }
    const left = Math.floor(start);
    const end = Math.ceil(start + step);
    const weights = Array.from({ length: end - left }, (_unused, offset) => {
      const pixel = left + offset;
      return Math.max(0, Math.min(pixel + 1, start + step) - Math.max(pixel, start)) / step;
    });
    return clampTaps(left, weights, limit);
  });
}

/** Gives the weight of pixels beyond the border to the outermost pixel. */
function clampTaps(left: number, weights: readonly number[], limit: number): Taps {
  const clamp = (index: number): number => Math.max(0, Math.min(limit - 1, index));
  const first = clamp(left);
  const last = clamp(left + weights.length - 1);
  const clamped = new Array<number>(last - first + 1).fill(0);
  weights.forEach((weight, offset) => (clamped[clamp(left + offset) - first] += weight));
  return { first, weights: clamped };
}
