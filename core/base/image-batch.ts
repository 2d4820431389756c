/** Images of one size in one array: NHWC, [count, heightPx, widthPx, channels], values in [−1, 1]. */
export interface ImageBatch {
  readonly images: Float32Array;
  readonly count: number;
  readonly heightPx: number;
  readonly widthPx: number;
  readonly channels: number;
}

/** Grey levels (of 255) in one unit of the [−1, 1] range. */
export const GREY_LEVELS_PER_UNIT = 127.5;

/** Values of one image: height × width × channels. */
export function valuesPerImage(batch: ImageBatch): number {
  return batch.heightPx * batch.widthPx * batch.channels;
}

/** The named images, copied in the order of the indices; an index may come twice. */
export function selectImages(batch: ImageBatch, indices: ArrayLike<number>): ImageBatch {
  const size = valuesPerImage(batch);
  const images = new Float32Array(indices.length * size);
  for (let place = 0; place < indices.length; place++) {
    const start = indices[place] * size;
    images.set(batch.images.subarray(start, start + size), place * size);
  }
  return { ...batch, images, count: indices.length };
}

/** Throws a RangeError where the array does not hold what the sizes say: a fault of the caller. */
export function checkImageBatch(batch: ImageBatch, what: string): void {
  const expected = batch.count * valuesPerImage(batch);
  if (batch.images.length === expected) return;
  throw new RangeError(
    `${what}: ${batch.count} images of ${batch.widthPx}×${batch.heightPx}×${batch.channels} are ${expected} values, not ${batch.images.length}.`,
  );
}

/** Throws a RangeError unless both batches hold valid images of the same size and channels. */
export function checkSameShape(left: ImageBatch, right: ImageBatch, what: string): void {
  checkImageBatch(left, what);
  checkImageBatch(right, what);
  if (
    left.heightPx === right.heightPx &&
    left.widthPx === right.widthPx &&
    left.channels === right.channels
  ) {
    return;
  }
  const size = (batch: ImageBatch): string => `${batch.widthPx}×${batch.heightPx}×${batch.channels}`;
  throw new RangeError(`${what}: images of ${size(left)} cannot be compared with images of ${size(right)}.`);
}

/** One image as a plane of grey levels 0–255, unrounded: the mean over its channels. */
export function greyPlane(batch: ImageBatch, index: number): Float32Array {
  const pixels = batch.heightPx * batch.widthPx;
  const start = index * pixels * batch.channels;
  const plane = new Float32Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    let sum = 0;
    for (let channel = 0; channel < batch.channels; channel++) {
      sum += batch.images[start + pixel * batch.channels + channel];
    }
    plane[pixel] = (sum / batch.channels + 1) * GREY_LEVELS_PER_UNIT;
  }
  return plane;
}
