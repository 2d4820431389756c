import type { Library } from '../library/library.ts';

/**
 * Places in a pack for the fixed strip of previews: spread over the label range (by yaw, then pitch) where there is a
 * gaze, else evenly over the pack. Fewer than asked for when the pack is smaller.
 */
export function chooseStrip(library: Library, imageIds: Int32Array, samples: number): Int32Array {
  const candidateCount = Math.min(imageIds.length, MOST_CANDIDATES);
  const places = evenly(
    Int32Array.from(imageIds, (_, place) => place),
    candidateCount,
  );
  const gaze = new Map<number, readonly [yawRad: number, pitchRad: number]>();
  for (const image of library.images.getMany([...places].map((place) => imageIds[place]))) {
    const annotation = image.annotations
      .map((stored) => stored.annotation)
      .find((one) => one.kind === 'gaze');
    if (annotation?.kind === 'gaze') gaze.set(image.id, [annotation.yawRad, annotation.pitchRad]);
  }
  const directionOf = (place: number) => gaze.get(imageIds[place]) ?? ([0, 0] as const);
  places.sort((left, right) => {
    const [a, b] = [directionOf(left), directionOf(right)];
    return a[0] - b[0] || a[1] - b[1] || left - right;
  });
  return evenly(places, Math.min(samples, places.length));
}

/** Enough to cover the label range, however large the pack. */
const MOST_CANDIDATES = 2000;

function evenly(values: Int32Array, count: number): Int32Array {
  return Int32Array.from(
    { length: count },
    (_, index) => values[Math.floor(((index + 0.5) * values.length) / count)],
  );
}
