import type { Plane } from './plane.ts';

/** A square of the first picture by its top left pixel. */
interface Block {
  readonly top: number;
  readonly left: number;
  readonly blockPx: number;
}

interface Alignment {
  readonly dx: number;
  readonly dy: number;
  readonly correlation: number;
  readonly uncertaintyPx: number;
}

const MOST_STEPS = 8;
const SETTLED_PX = 0.01;

/** Standard deviation of the Gaussian weight over a block, as a share of its side. */
const WEIGHT_WIDTH = 0.3;

/**
 * The residuals of neighbouring pixels go together (both pictures are smoothed, and what a refiner changes is not
 * white noise), so that the standard error of the regression is too small by about this factor. Calibrated on real
 * and rendered eyes under tone changes and noise, where the median error is then that of a normal distribution.
 */
const CORRELATED_RESIDUALS = 2.2;

/**
 * Aligns a block of `a` with `b` to a fraction of a pixel, by Gauss–Newton steps of the regression
 * b(p + d) ≈ gain · a(p) + offset − gain · ∇a(p) · δ over the block, weighted toward its centre. The regressors are those
 * of `a` alone, so the noise of `b` does not pull the estimate toward zero, and gain and offset are fitted along.
 * The uncertainty is the standard error of δ in its worst direction: along a straight edge it is large.
 * Undefined where the block has no gradient, the contrast is inverted or the steps do not settle.
 */
export function alignBlock(
  a: Plane,
  b: Plane,
  block: Block,
  start: { readonly dx: number; readonly dy: number },
): Alignment | undefined {
  const { weights, regressors } = describeBlock(a, block);
  const inverse = invertSymmetric4(weightedProducts(weights, regressors));
  if (!inverse) return undefined;
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const sampled = new Float64Array(weights.length);
  let { dx, dy } = start;
  for (let step = 0; step < MOST_STEPS; step++) {
    sampleBlock(b, block, dx, dy, sampled);
    const right = regressors.map((regressor) => weightedDot(weights, regressor, sampled));
    const fit = inverse.map((row) => row.reduce((sum, value, column) => sum + value * right[column], 0));
    const gain = fit[0];
    if (!(gain > 0)) return undefined;
    const stepX = -fit[2] / gain;
    const stepY = -fit[3] / gain;
    const length = Math.hypot(stepX, stepY);
    const shorten = length > 1 ? 1 / length : 1;
    dx += stepX * shorten;
    dy += stepY * shorten;
    if (length > SETTLED_PX) continue;
    const energy = weightedDot(weights, sampled, sampled);
    const residual = Math.max(0, energy - fit.reduce((sum, value, column) => sum + value * right[column], 0));
    const total = energy - right[1] ** 2 / weightSum;
    const variance = residual / weightSum / (gain * gain);
    const [xx, yy, xy] = [inverse[2][2], inverse[3][3], inverse[2][3]];
    const worst = (xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy);
    return {
      dx,
      dy,
      correlation: total > 0 ? Math.sqrt(Math.max(0, 1 - residual / total)) : 0,
      uncertaintyPx: CORRELATED_RESIDUALS * Math.sqrt(variance * worst),
    };
  }
  return undefined;
}

/** Weights of a block's pixels and the regressors a, 1, ∂a/∂x, ∂a/∂y at each. */
function describeBlock(
  a: Plane,
  { top, left, blockPx }: Block,
): { weights: Float64Array; regressors: Float64Array[] } {
  const { values, heightPx, widthPx } = a;
  const pixels = blockPx * blockPx;
  const weights = new Float64Array(pixels);
  const regressors = Array.from({ length: 4 }, () => new Float64Array(pixels));
  const middle = (blockPx - 1) / 2;
  const spread = 2 * (WEIGHT_WIDTH * blockPx) ** 2;
  for (let j = 0; j < blockPx; j++) {
    const y = top + j;
    const above = Math.max(0, y - 1);
    const below = Math.min(heightPx - 1, y + 1);
    for (let i = 0; i < blockPx; i++) {
      const x = left + i;
      const before = Math.max(0, x - 1);
      const after = Math.min(widthPx - 1, x + 1);
      const pixel = j * blockPx + i;
      weights[pixel] = Math.exp(-((i - middle) ** 2 + (j - middle) ** 2) / spread);
      regressors[0][pixel] = values[y * widthPx + x];
      regressors[1][pixel] = 1;
      regressors[2][pixel] = (values[y * widthPx + after] - values[y * widthPx + before]) / (after - before);
      regressors[3][pixel] = (values[below * widthPx + x] - values[above * widthPx + x]) / (below - above);
    }
  }
  return { weights, regressors };
}

function weightedDot(weights: Float64Array, left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += weights[index] * left[index] * right[index];
  return sum;
}

function weightedProducts(weights: Float64Array, regressors: Float64Array[]): number[][] {
  return regressors.map((left) => regressors.map((right) => weightedDot(weights, left, right)));
}

/** b at the block's pixels moved by (dx, dy), bilinear, border pixels repeated. */
function sampleBlock(
  b: Plane,
  { top, left, blockPx }: Block,
  dx: number,
  dy: number,
  sampled: Float64Array,
): void {
  const { values, heightPx, widthPx } = b;
  for (let j = 0; j < blockPx; j++) {
    const y = Math.max(0, Math.min(heightPx - 1, top + j + dy));
    const row = Math.min(heightPx - 2, Math.floor(y));
    const partY = y - row;
    for (let i = 0; i < blockPx; i++) {
      const x = Math.max(0, Math.min(widthPx - 1, left + i + dx));
      const column = Math.min(widthPx - 2, Math.floor(x));
      const partX = x - column;
      const place = row * widthPx + column;
      const upper = values[place] * (1 - partX) + values[place + 1] * partX;
      const lower = values[place + widthPx] * (1 - partX) + values[place + widthPx + 1] * partX;
      sampled[j * blockPx + i] = upper * (1 - partY) + lower * partY;
    }
  }
}

/** Inverse of a positive definite 4×4 matrix by Gauss–Jordan; undefined where it is (nearly) singular. */
function invertSymmetric4(matrix: number[][]): number[][] | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = rows[pivot][pivot];
    if (!(scale > 1e-9 * Math.max(1, matrix[pivot][pivot]))) return undefined;
    rows[pivot] = rows[pivot].map((value) => value / scale);
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = rows[row][pivot];
      rows[row] = rows[row].map((value, column) => value - factor * rows[pivot][column]);
    }
  }
  return rows.map((row) => row.slice(size));
}
