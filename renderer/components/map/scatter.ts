interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Points of the map in CSS pixels of its canvas, column by column. */
export interface Placed {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Fits the points into a canvas with a margin, both axes on one scale, y up. */
export function placePoints(
  xs: readonly number[],
  ys: readonly number[],
  width: number,
  height: number,
  margin = 16,
): Placed {
  const [left, right] = extent(xs);
  const [low, high] = extent(ys);
  const scale = Math.min(
    (width - 2 * margin) / Math.max(right - left, 1e-9),
    (height - 2 * margin) / Math.max(high - low, 1e-9),
  );
  const [middleX, middleY] = [(left + right) / 2, (low + high) / 2];
  return {
    x: Float32Array.from(xs, (x) => width / 2 + (x - middleX) * scale),
    y: Float32Array.from(ys, (y) => height / 2 - (y - middleY) * scale),
  };
}

/** Indices of the points inside of a closed line, by how often a ray to the right crosses it. */
export function insideLasso({ x, y }: Placed, lasso: readonly Point[]): number[] {
  const found: number[] = [];
  for (let index = 0; index < x.length; index += 1) {
    if (isInside(x[index] ?? 0, y[index] ?? 0, lasso)) found.push(index);
  }
  return found;
}

export function insideBox({ x, y }: Placed, box: Box): number[] {
  const found: number[] = [];
  for (let index = 0; index < x.length; index += 1) {
    const [across, down] = [(x[index] ?? 0) - box.x, (y[index] ?? 0) - box.y];
    if (across >= 0 && down >= 0 && across <= box.width && down <= box.height) found.push(index);
  }
  return found;
}

/** The point nearest to a place, of those that are shown and no further than `within` pixels. */
export function nearest(
  { x, y }: Placed,
  place: Point,
  within: number,
  isShown: (index: number) => boolean,
): number | undefined {
  let best: number | undefined;
  let closest = within * within;
  for (let index = 0; index < x.length; index += 1) {
    const distance = ((x[index] ?? 0) - place.x) ** 2 + ((y[index] ?? 0) - place.y) ** 2;
    if (distance <= closest && isShown(index)) [best, closest] = [index, distance];
  }
  return best;
}

function isInside(x: number, y: number, line: readonly Point[]): boolean {
  let inside = false;
  for (let index = 0; index < line.length; index += 1) {
    const from = line[index] ?? { x: 0, y: 0 };
    const to = line[(index + 1) % line.length] ?? from;
    const crosses = from.y > y !== to.y > y;
    if (crosses && x < from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)) inside = !inside;
  }
  return inside;
}

function extent(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 0];
}
