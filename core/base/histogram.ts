import { checkSameShape, GREY_LEVELS_PER_UNIT, type ImageBatch } from './image-batch.ts';

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

/**
 * Wasserstein-1 distance between the grey-level distributions of two sets, averaged over channels: the mean number of
 * grey levels by which a pixel must change for one distribution to become the other (∫ |F − G|).
 */
export function histogramDistanceGrey(left: ImageBatch, right: ImageBatch): number {
  checkSameShape(left, right, 'Histogram distance');
  if (left.count === 0 || right.count === 0) throw new RangeError('An empty set has no histogram.');
  let sum = 0;
  for (let channel = 0; channel < left.channels; channel++) {
    const ofLeft = histogramOf(left, channel);
    const ofRight = histogramOf(right, channel);
    let difference = 0;
    for (let bin = 0; bin < HISTOGRAM_BINS; bin++) {
      difference += ofLeft[bin] - ofRight[bin];
      sum += Math.abs(difference);
    }
  }
  return ((sum / left.channels) * 2 * GREY_LEVELS_PER_UNIT) / (HISTOGRAM_BINS - 1);
}

function binOf(value: number): number {
  return Math.round(placeOf(value));
}
