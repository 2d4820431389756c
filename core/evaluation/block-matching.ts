import { createAligner } from './align-block.ts';
import { smooth, type Plane } from './plane.ts';

export interface BlockMatchingConfig {
  /** Side of a block, odd. */
  readonly blockPx: number;
  /** Distance between the centres of neighbouring blocks. */
  readonly stepPx: number;
  /** Largest displacement looked for along each axis. */
  readonly searchPx: number;
  /** Standard deviation of the Gaussian that both pictures are smoothed with first. */
  readonly smoothingPx: number;
}

/** Where the content of one block of the first picture is found in the second. */
export interface BlockMatch {
  /** Centre of the block in the first picture, in pixels from its top left corner (as keypoints are). */
  readonly x: number;
  readonly y: number;
  /** How far its content has moved, in pixels; right and down are positive. */
  readonly dx: number;
  readonly dy: number;
  /** Correlation of the two contents at that place: 1 is the same up to gain and offset. */
  readonly correlation: number;
  /** Expected standard error of the displacement in its worst direction, in pixels. */
  readonly uncertaintyPx: number;
}

/** Grey levels of root-mean-square variation below which a block shows nothing that could be followed. */
const LEAST_STRUCTURE = 2;

/** An alignment that walks farther from the whole-pixel peak has slid along an edge or into other content. */
const FARTHEST_FROM_PEAK_PX = 1.5;

/**
 * Follows every block of `first` that shows structure to its place in `second`: zero-mean normalised
 * cross-correlation over whole-pixel displacements, then `createAligner` from the best one. Gain and offset within a
 * block do not matter. A block is left out of `matches` where the best place is at the border of what can be searched
 * or the alignment does not settle near it; `structured` counts all blocks that show structure.
 */
export function matchBlocks(
  first: Plane,
  second: Plane,
  config: BlockMatchingConfig,
): { structured: number; matches: BlockMatch[] } {
  const { blockPx, searchPx } = config;
  const { heightPx, widthPx } = first;
  const a = { ...first, values: smooth(first, config.smoothingPx) };
  const b = { ...second, values: smooth(second, config.smoothingPx) };
  const ofA = windowMoments(a, blockPx);
  const ofB = windowMoments(b, blockPx);
  const blocks = placeBlocks(first, config).filter(
    ({ top, left }) => ofA.deviation[top * ofA.columns + left] >= LEAST_STRUCTURE,
  );
  const tops = Int32Array.from(blocks, ({ top }) => top);
  const lefts = Int32Array.from(blocks, ({ left }) => left);
  const align = createAligner(a, b, blockPx);
  const side = 2 * searchPx + 1;
  const scores = blocks.map(() => new Float64Array(side * side).fill(Number.NaN));
  const integral = new Float64Array((heightPx + 1) * (widthPx + 1));
  for (let v = -searchPx; v <= searchPx; v++) {
    for (let u = -searchPx; u <= searchPx; u++) {
      integrateProducts(a, b, u, v, integral);
      const displacement = (v + searchPx) * side + u + searchPx;
      for (let index = 0; index < tops.length; index++) {
        const [top, left] = [tops[index], lefts[index]];
        const topInB = top + v;
        const leftInB = left + u;
        if (topInB < 0 || leftInB < 0 || topInB + blockPx > heightPx || leftInB + blockPx > widthPx) continue;
        const cross = windowSum(integral, widthPx, top, left, blockPx) / (blockPx * blockPx);
        const placeA = top * ofA.columns + left;
        const placeB = topInB * ofB.columns + leftInB;
        const covariance = cross - ofA.mean[placeA] * ofB.mean[placeB];
        const deviations = ofA.deviation[placeA] * ofB.deviation[placeB];
        scores[index][displacement] = deviations > 1e-6 ? covariance / deviations : 0;
      }
    }
  }
  const matches: BlockMatch[] = [];
  blocks.forEach(({ top, left }, index) => {
    const peak = findPeak(scores[index], side);
    if (!peak) return;
    const start = { dx: peak.column - searchPx, dy: peak.row - searchPx };
    const aligned = align({ top, left }, start);
    if (!aligned || Math.hypot(aligned.dx - start.dx, aligned.dy - start.dy) > FARTHEST_FROM_PEAK_PX) return;
    matches.push({ x: left + blockPx / 2, y: top + blockPx / 2, ...aligned });
  });
  return { structured: blocks.length, matches };
}

/** Blocks on a grid that is centred in the picture, a pixel off its border so that each can be followed outward. */
function placeBlocks(
  plane: Plane,
  { blockPx, stepPx }: BlockMatchingConfig,
): { top: number; left: number }[] {
  const along = (lengthPx: number): number[] => {
    const room = lengthPx - blockPx - 2;
    if (room < 0) return [];
    const count = Math.floor(room / stepPx) + 1;
    const start = 1 + Math.floor((room - (count - 1) * stepPx) / 2);
    return Array.from({ length: count }, (_, index) => start + index * stepPx);
  };
  return along(plane.heightPx).flatMap((top) => along(plane.widthPx).map((left) => ({ top, left })));
}

/** Mean and standard deviation of every window of side `blockPx`, by its top left corner. */
function windowMoments(
  { values, heightPx, widthPx }: Plane,
  blockPx: number,
): { mean: Float64Array; deviation: Float64Array; columns: number } {
  const columns = Math.max(0, widthPx - blockPx + 1);
  const rows = Math.max(0, heightPx - blockPx + 1);
  const mean = new Float64Array(rows * columns);
  const deviation = new Float64Array(mean.length);
  const integral = new Float64Array((heightPx + 1) * (widthPx + 1));
  const squares = new Float64Array(values.length);
  for (let place = 0; place < values.length; place++) squares[place] = values[place] * values[place];
  const ofSquares = new Float64Array(integral.length);
  integrate(values, heightPx, widthPx, integral);
  integrate(squares, heightPx, widthPx, ofSquares);
  const area = blockPx * blockPx;
  for (let top = 0; top < rows; top++) {
    for (let left = 0; left < columns; left++) {
      const average = windowSum(integral, widthPx, top, left, blockPx) / area;
      const square = windowSum(ofSquares, widthPx, top, left, blockPx) / area;
      mean[top * columns + left] = average;
      deviation[top * columns + left] = Math.sqrt(Math.max(0, square - average * average));
    }
  }
  return { mean, deviation, columns };
}

/** Summed-area table (as `integrate` makes it) of a(y, x) · b(y + v, x + u), zero where b has no such pixel. */
function integrateProducts(
  { values: ofA, heightPx, widthPx }: Plane,
  { values: ofB }: Plane,
  u: number,
  v: number,
  integral: Float64Array,
): void {
  const stride = widthPx + 1;
  for (let y = 0; y < heightPx; y++) {
    const here = (y + 1) * stride + 1;
    const above = here - stride;
    const isInside = y + v >= 0 && y + v < heightPx;
    const first = isInside ? Math.max(0, -u) : 0;
    const end = isInside ? Math.min(widthPx, widthPx - u) : 0;
    const fromA = y * widthPx;
    const fromB = (y + v) * widthPx + u;
    let rowSum = 0;
    for (let x = 0; x < first; x++) integral[here + x] = integral[above + x];
    for (let x = first; x < end; x++) {
      rowSum += ofA[fromA + x] * ofB[fromB + x];
      integral[here + x] = integral[above + x] + rowSum;
    }
    for (let x = end; x < widthPx; x++) integral[here + x] = integral[above + x] + rowSum;
  }
}

/** Summed-area table with a leading row and column of zeros. */
function integrate(
  values: Float32Array | Float64Array,
  heightPx: number,
  widthPx: number,
  integral: Float64Array,
): void {
  const stride = widthPx + 1;
  for (let y = 0; y < heightPx; y++) {
    let rowSum = 0;
    for (let x = 0; x < widthPx; x++) {
      rowSum += values[y * widthPx + x];
      integral[(y + 1) * stride + x + 1] = integral[y * stride + x + 1] + rowSum;
    }
  }
}

function windowSum(
  integral: Float64Array,
  widthPx: number,
  top: number,
  left: number,
  blockPx: number,
): number {
  const stride = widthPx + 1;
  const upper = top * stride;
  const lower = (top + blockPx) * stride;
  return (
    integral[lower + left + blockPx] -
    integral[lower + left] -
    integral[upper + left + blockPx] +
    integral[upper + left]
  );
}

/** Place of the highest score; undefined where it lies at the border of what was searched. */
function findPeak(scores: Float64Array, side: number): { row: number; column: number } | undefined {
  let best = -1;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < scores.length; index++) {
    if (scores[index] > bestScore) {
      bestScore = scores[index];
      best = index;
    }
  }
  const row = Math.floor(best / side);
  const column = best % side;
  if (best < 0 || row < 1 || column < 1 || row > side - 2 || column > side - 2) return undefined;
  const around = [best - side, best - 1, best + 1, best + side];
  return around.some((place) => Number.isNaN(scores[place])) ? undefined : { row, column };
}
