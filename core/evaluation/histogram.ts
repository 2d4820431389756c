import type { ImageBatch } from '../base/image-batch.ts';

/** Bins over [−1, 1]: four per 8-bit grey level, so that deeper images lose little. */
export const HISTOGRAM_BINS = 1021;

/** Share of all values of one channel in each of `HISTOGRAM_BINS` bins whose centres run from −1 to 1. */
export function histogramOf(batch: ImageBatch, channel: number): Float64Array {
  const shares = new Float64Array(HISTOGRAM_BINS);
  const pixels = batch.count * batch.heightPx * batch.widthPx;
  for (let pixel = 0; pixel < pixels; pixel++) {
    shares[binOf(batch.images[pixel * batch.channels + channel])] += 1;
  }
  for (let bin = 0; bin < HISTOGRAM_BINS; bin++) shares[bin] /= pixels;
  return shares;
}

/** Place of a value among the bins, to a fraction, cut to the range. */
export function placeOf(value: number): number {
  return Math.max(0, Math.min(1, (value + 1) / 2)) * (HISTOGRAM_BINS - 1);
}

function binOf(value: number): number {
  return Math.round(placeOf(value));
}
