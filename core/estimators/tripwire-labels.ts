import type { ImageBatch } from '../base/image-batch.ts';
import { StudioError } from '../base/studio-error.ts';
import { angularErrorDeg } from '../contract/annotation.ts';

/** Labels that a tripwire can guard, of n images in their order. */
export type TripwireLabels = GazeLabels | KeypointLabels;

interface GazeLabels {
  readonly kind: 'gaze';
  /** [n, 3], unit vectors in the camera frame of core/contract. */
  readonly vectors: Float32Array;
}

export interface KeypointLabels {
  readonly kind: 'keypoints';
  /** [n, k, 2], x and y in pixels of the prepared images. */
  readonly points: Float32Array;
  /** [n, k]; 0 is a point without a label, which counts for nothing. */
  readonly visibility: Uint8Array;
}

type Size = Pick<ImageBatch, 'heightPx' | 'widthPx'>;

/** What a prediction of these labels is compared with: [n, 3] gaze vectors or [n, 2k] places. */
export function valuesOfLabels(labels: TripwireLabels): Float32Array {
  return labels.kind === 'gaze' ? labels.vectors : labels.points;
}

/** Numbers of each image's label: 3 of a gaze, 2k of k points. */
export function labelWidth(labels: TripwireLabels, count: number): number {
  return labels.kind === 'gaze' ? 3 : (2 * labels.visibility.length) / count;
}

/**
 * @throws RangeError where the arrays do not belong to `count` images.
 * @throws StudioError 'bad-usage' where there is no label, or a label is not a finite number: it names the image.
 */
export function checkTripwireLabels(labels: TripwireLabels, count: number): void {
  const values = valuesOfLabels(labels);
  const fits =
    labels.kind === 'gaze'
      ? values.length === 3 * count
      : values.length === 2 * labels.visibility.length && labels.visibility.length % Math.max(1, count) === 0;
  if (!fits) throw new RangeError(`${count} images cannot have ${values.length} numbers of ${labels.kind}.`);
  if (labels.kind === 'gaze' ? count === 0 : !labels.visibility.some((value) => value > 0)) {
    throw new StudioError('bad-usage', 'There is no label for the tripwire to watch.', {
      remedy: 'Import synthetic images with gaze or keypoint labels first, or train without the tripwire.',
    });
  }
  const isLabelled = (place: number): boolean =>
    labels.kind === 'gaze' || labels.visibility[Math.floor(place / 2)] > 0;
  const broken = values.findIndex((value, place) => !Number.isFinite(value) && isLabelled(place));
  if (broken < 0) return;
  const image = Math.floor(broken / labelWidth(labels, count));
  throw new StudioError('bad-usage', `The label of image ${image} holds a value that is not a number.`, {
    remedy: 'Exclude the image, or import the dataset again.',
    details: { image },
  });
}

/**
 * Which points count, [n · k] of 0 and 1: labelled ones inside of the picture. Of what lies outside nothing can be
 * seen, and so nothing be learned or judged.
 */
export function countedPoints(
  { points, visibility }: KeypointLabels,
  { heightPx, widthPx }: Size,
): Uint8Array {
  return visibility.map((value, point) => {
    const [x, y] = [points[2 * point], points[2 * point + 1]];
    return value > 0 && x >= 0 && y >= 0 && x < widthPx && y < heightPx ? 1 : 0;
  });
}

/** Angle between the gaze vectors of each image, both [n, 3], in degrees. */
export function gazeDistancesDeg(left: Float32Array, right: Float32Array): Float32Array {
  const vectorAt = (vectors: Float32Array, index: number): [number, number, number] => [
    vectors[3 * index],
    vectors[3 * index + 1],
    vectors[3 * index + 2],
  ];
  return Float32Array.from({ length: left.length / 3 }, (_, index) =>
    angularErrorDeg(vectorAt(left, index), vectorAt(right, index)),
  );
}

/**
 * How far the points of each image lie apart, both [n, 2k], in pixels: the root of the mean square over its counted
 * points ([n · k]; undefined: all count), so that a few points that moved far weigh more than their share. NaN for
 * an image without any.
 */
export function pointDistancesPx(
  left: Float32Array,
  right: Float32Array,
  pointCount: number,
  counted: Uint8Array | undefined,
): Float32Array {
  return Float32Array.from({ length: left.length / (2 * pointCount) }, (_, index) => {
    let [squares, count] = [0, 0];
    for (let point = index * pointCount; point < (index + 1) * pointCount; point++) {
      if (counted?.[point] === 0) continue;
      squares += (left[2 * point] - right[2 * point]) ** 2;
      squares += (left[2 * point + 1] - right[2 * point + 1]) ** 2;
      count += 1;
    }
    return Math.sqrt(squares / count);
  });
}
