import { checkSameShape, type ImageBatch } from '../base/image-batch.ts';
import { HISTOGRAM_BINS, histogramOf, placeOf } from '../base/histogram.ts';

/** Per channel, the value in [−1, 1] that each of `HISTOGRAM_BINS` equally spaced values from −1 to 1 becomes. */
export interface ToneCurve {
  readonly channels: readonly Float32Array[];
}

/**
 * The monotone tone curve that gives the whole source set the grey-level distribution of the target set: the
 * target's quantile function after the source's distribution function, per channel (Gonzalez & Woods, "histogram
 * specification"). One curve for the set, so that an image keeps being lighter or darker than another. It moves
 * nothing, so labels stay true: the honest baseline that a refiner has to beat.
 *
 * @throws RangeError where the sets differ in size or one of them is empty.
 */
export function fitToneCurve(source: ImageBatch, target: ImageBatch): ToneCurve {
  checkSameShape(source, target, 'Histogram matching');
  if (source.count === 0 || target.count === 0) throw new RangeError('An empty set has no histogram.');
  const channels = Array.from({ length: source.channels }, (_, channel) =>
    matchDistributions(histogramOf(source, channel), histogramOf(target, channel)),
  );
  return { channels };
}

/** The batch through the curve, linear between its points. */
export function applyToneCurve(batch: ImageBatch, curve: ToneCurve): ImageBatch {
  if (batch.channels !== curve.channels.length) {
    throw new RangeError(
      `A curve for ${curve.channels.length} channels does not fit ${batch.channels} channels.`,
    );
  }
  const images = batch.images.map((value, index) => {
    const points = curve.channels[index % batch.channels];
    const place = placeOf(value);
    const below = Math.min(HISTOGRAM_BINS - 2, Math.floor(place));
    return points[below] + (place - below) * (points[below + 1] - points[below]);
  });
  return { ...batch, images };
}

/** For the middle of each bin's mass, the target value with as much mass below it. */
function matchDistributions(source: Float64Array, target: Float64Array): Float32Array {
  const curve = new Float32Array(HISTOGRAM_BINS);
  let below = 0;
  let bin = 0;
  let massBefore = 0;
  for (let index = 0; index < HISTOGRAM_BINS; index++) {
    const wanted = below + source[index] / 2;
    below += source[index];
    while (bin < HISTOGRAM_BINS - 1 && massBefore + target[bin] < wanted) massBefore += target[bin++];
    while (bin < HISTOGRAM_BINS - 1 && target[bin] === 0) bin += 1;
    const within = target[bin] > 0 ? (wanted - massBefore) / target[bin] - 0.5 : 0;
    const place = bin + Math.max(-0.5, Math.min(0.5, within));
    curve[index] = (2 * Math.max(0, Math.min(HISTOGRAM_BINS - 1, place))) / (HISTOGRAM_BINS - 1) - 1;
  }
  return curve;
}
