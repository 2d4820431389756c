import { checkSameShape, valuesPerImage, type ImageBatch } from '../base/image-batch.ts';

/**
 * Correlation (Pearson) of each image's values with those of its partner: 1 where only tone changed in a straight line,
 * below 0 where light and dark were exchanged. NaN where one of the two is flat.
 *
 * @throws RangeError where the batches differ in size or count.
 */
export function correlationsOf(left: ImageBatch, right: ImageBatch): Float64Array {
  checkSameShape(left, right, 'Correlation');
  if (left.count !== right.count) {
    throw new RangeError(`${left.count} images cannot be paired with ${right.count}.`);
  }
  return Float64Array.from({ length: left.count }, (_, index) => {
    const [one, other] = [unitImage(left, index), unitImage(right, index)];
    if (!one || !other) return Number.NaN;
    return one.reduce((sum, value, place) => sum + value * other[place], 0);
  });
}

/**
 * How much the images of a set differ from each other: 1 − the mean correlation between two of them. 0 where all show
 * the same picture, whatever its contrast and brightness; undefined with fewer than two images that are not flat.
 */
export function variety(batch: ImageBatch): number | undefined {
  const sum = new Float64Array(valuesPerImage(batch));
  let count = 0;
  for (let index = 0; index < batch.count; index++) {
    const image = unitImage(batch, index);
    if (!image) continue;
    image.forEach((value, place) => (sum[place] += value));
    count += 1;
  }
  if (count < 2) return undefined;
  // |Σz|² holds each image with itself, which is 1, and each pair twice.
  const square = sum.reduce((total, value) => total + value * value, 0);
  return 1 - (square - count) / (count * (count - 1));
}

/** The image without its mean and of length 1; undefined where it is flat. */
function unitImage(batch: ImageBatch, index: number): Float64Array | undefined {
  const size = valuesPerImage(batch);
  const image = Float64Array.from(batch.images.subarray(index * size, (index + 1) * size));
  const mean = image.reduce((sum, value) => sum + value, 0) / size;
  const length = Math.sqrt(image.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  // Float32 images that are flat to the eye still differ in their last digits.
  if (!(length > 1e-6 * Math.sqrt(size))) return undefined;
  return image.map((value) => (value - mean) / length);
}
