import type { ImageBatch } from '../base/image-batch.ts';
import {
  countedPoints,
  labelWidth,
  valuesOfLabels,
  type TripwireLabels,
} from '../estimators/tripwire-labels.ts';

/**
 * How far a tripwire's answers follow the labels from image to image: the slope of the regression of answers on labels,
 * all numbers of a label together. 1 follows fully, 0 always says the same; drift is read about this much too small. Labels
 * as for the images, answers [n, 3] or [n, 2k]. 0 where the labels do not differ: there is nothing to follow.
 */
export function labelResponse(
  answers: Float32Array,
  labels: TripwireLabels,
  { count, heightPx, widthPx }: Pick<ImageBatch, 'count' | 'heightPx' | 'widthPx'>,
): number {
  const width = labelWidth(labels, count);
  const truth = valuesOfLabels(labels);
  const counted = labels.kind === 'keypoints' ? countedPoints(labels, { heightPx, widthPx }) : undefined;
  let [products, squares] = [0, 0];
  for (let column = 0; column < width; column++) {
    const places = Array.from({ length: count }, (_, row) => row * width + column).filter(
      (place) => counted?.[Math.floor(place / 2)] !== 0,
    );
    const mean = places.reduce((sum, place) => sum + truth[place], 0) / places.length;
    for (const place of places) {
      products += (truth[place] - mean) * answers[place];
      squares += (truth[place] - mean) ** 2;
    }
  }
  return squares > 0 ? products / squares : 0;
}
