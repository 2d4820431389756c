import {
  checkSameShape,
  GREY_LEVELS_PER_UNIT,
  valuesPerImage,
  type ImageBatch,
} from '../base/image-batch.ts';
import { histogramDistanceGrey } from '../base/histogram.ts';
import { mean } from './statistics.ts';

/** What the refiner did to the grey levels of a set. Everything is in grey levels of 255. */
export interface ChangeReport {
  /** Mean |x̃ − x| of each image. (The paper's own pictures: eyes 15–45, hands 0.9–1.9.) */
  readonly changeGrey: Float32Array;
  readonly meanChangeGrey: number;
  /** Contrast: standard deviation within an image, averaged over the set. */
  readonly contrastBeforeGrey: number;
  readonly contrastAfterGrey: number;
  /** Distance of the set's histogram to that of the real set, before and after: see `histogramDistanceGrey`. */
  readonly histogramDistanceBeforeGrey: number;
  readonly histogramDistanceAfterGrey: number;
}

/**
 * Compares images with their refined versions, in the same order, and both with the real set.
 *
 * @throws RangeError where sizes differ or a set is empty.
 */
export function measureChange(original: ImageBatch, refined: ImageBatch, real: ImageBatch): ChangeReport {
  checkSameShape(original, refined, 'Change');
  checkSameShape(original, real, 'Change');
  if (original.count !== refined.count) {
    throw new RangeError(`${original.count} images cannot be paired with ${refined.count} refined ones.`);
  }
  const size = valuesPerImage(original);
  const changeGrey = new Float32Array(original.count);
  for (let index = 0; index < original.count; index++) {
    let sum = 0;
    for (let place = index * size; place < (index + 1) * size; place++) {
      sum += Math.abs(refined.images[place] - original.images[place]);
    }
    changeGrey[index] = (sum / size) * GREY_LEVELS_PER_UNIT;
  }
  return {
    changeGrey,
    meanChangeGrey: mean(changeGrey),
    contrastBeforeGrey: meanContrastGrey(original),
    contrastAfterGrey: meanContrastGrey(refined),
    histogramDistanceBeforeGrey: histogramDistanceGrey(original, real),
    histogramDistanceAfterGrey: histogramDistanceGrey(refined, real),
  };
}

/** Standard deviation within an image, averaged over the set, in grey levels. */
export function meanContrastGrey(batch: ImageBatch): number {
  const size = valuesPerImage(batch);
  const contrasts = Float64Array.from({ length: batch.count }, (_, index) => {
    let [sum, squares] = [0, 0];
    for (let place = index * size; place < (index + 1) * size; place++) {
      sum += batch.images[place];
      squares += batch.images[place] ** 2;
    }
    return Math.sqrt(Math.max(0, squares / size - (sum / size) ** 2));
  });
  return mean(contrasts) * GREY_LEVELS_PER_UNIT;
}
