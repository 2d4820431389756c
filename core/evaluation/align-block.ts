import type { Plane } from './plane.ts';

/** A square of the first picture by its top left pixel. */
interface Block {
  readonly top: number;
  readonly left: number;
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

/** The regressors are a, 1, ∂a/∂x and ∂a/∂y. */
const REGRESSORS = 4;

/** Aligns a block of one picture with another one; undefined where that does not settle. */
type Aligner = (block: Block, start: { readonly dx: number; readonly dy: number }) => Alignment | undefined;

/**
 * Aligns blocks of `a` with `b` to a fraction of a pixel, by Gauss–Newton steps of the regression
 * b(p + d) ≈ gain · a(p) + offset − gain · ∇a(p) · δ over the block, weighted toward its centre. The regressors are those
 * of `a` alone, so the noise of `b` does not pull the estimate toward zero, and gain and offset are fitted along.
 * The uncertainty is the standard error of δ in its worst direction: along a straight edge it is large.
 * Undefined where the block has no gradient, the contrast is inverted or the steps do not settle.
 */
export function createAligner(a: Plane, b: Plane, blockPx: number): Aligner {
  const weights = gaussianWeights(blockPx);
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const gradients = gradientsOf(a);
  // Used again for every block: the regressors, and the same times the weights.
  const regressors = Array.from({ length: REGRESSORS }, () => new Float64Array(weights.length));
  const weighted = Array.from({ length: REGRESSORS }, () => new Float64Array(weights.length));
  const sampler = createSampler(b, blockPx, weights, weighted);

  return (block, start) => {
    describeBlock(a, gradients, block, blockPx, regressors);
    weigh(weights, regressors, weighted);
    const inverse = invertSymmetric4(weightedProducts(weighted, regressors));
    if (!inverse) return undefined;
    let { dx, dy } = start;
    for (let step = 0; step < MOST_STEPS; step++) {
      const { right, energy } = sampler(block, dx, dy);
      const fit = inverse.map((row) => dot(row, right));
      const gain = fit[0];
      if (!(gain > 0)) return undefined;
      const stepX = -fit[2] / gain;
      const stepY = -fit[3] / gain;
      const length = Math.hypot(stepX, stepY);
      const shorten = length > 1 ? 1 / length : 1;
      dx += stepX * shorten;
      dy += stepY * shorten;
      if (length > SETTLED_PX) continue;
      const residual = Math.max(0, energy - dot(fit, right));
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
  };
}

function gaussianWeights(blockPx: number): Float64Array {
  const middle = (blockPx - 1) / 2;
  const spread = 2 * (WEIGHT_WIDTH * blockPx) ** 2;
  return Float64Array.from({ length: blockPx * blockPx }, (_, pixel) => {
    const column = pixel % blockPx;
    const row = (pixel - column) / blockPx;
    return Math.exp(-((column - middle) ** 2 + (row - middle) ** 2) / spread);
  });
}

interface Gradients {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Central differences, one-sided at the border. */
function gradientsOf({ values, heightPx, widthPx }: Plane): Gradients {
  const x = new Float64Array(values.length);
  const y = new Float64Array(values.length);
  for (let row = 0; row < heightPx; row++) {
    const above = Math.max(0, row - 1);
    const below = Math.min(heightPx - 1, row + 1);
    for (let column = 0; column < widthPx; column++) {
      const before = Math.max(0, column - 1);
      const after = Math.min(widthPx - 1, column + 1);
      const place = row * widthPx + column;
      x[place] = (values[row * widthPx + after] - values[row * widthPx + before]) / (after - before);
      y[place] = (values[below * widthPx + column] - values[above * widthPx + column]) / (below - above);
    }
  }
  return { x, y };
}

/** Writes the regressors at each pixel of a block. */
function describeBlock(
  { values, widthPx }: Plane,
  gradients: Gradients,
  { top, left }: Block,
  blockPx: number,
  regressors: readonly Float64Array[],
): void {
  const [ofValue, ofOne, ofX, ofY] = regressors;
  ofOne.fill(1);
  for (let row = 0, pixel = 0; row < blockPx; row++) {
    for (let column = 0; column < blockPx; column++, pixel++) {
      const place = (top + row) * widthPx + left + column;
      ofValue[pixel] = values[place];
      ofX[pixel] = gradients.x[place];
      ofY[pixel] = gradients.y[place];
    }
  }
}

function weigh(
  weights: Float64Array,
  regressors: readonly Float64Array[],
  weighted: readonly Float64Array[],
): void {
  for (let index = 0; index < REGRESSORS; index++) {
    const [from, to] = [regressors[index], weighted[index]];
    for (let pixel = 0; pixel < weights.length; pixel++) to[pixel] = weights[pixel] * from[pixel];
  }
}

function weightedProducts(
  weighted: readonly Float64Array[],
  regressors: readonly Float64Array[],
): number[][] {
  return weighted.map((left) => {
    const [first, second, third, fourth] = regressors;
    const sums = [0, 0, 0, 0];
    for (let pixel = 0; pixel < left.length; pixel++) {
      const factor = left[pixel];
      sums[0] += factor * first[pixel];
      sums[1] += factor * second[pixel];
      sums[2] += factor * third[pixel];
      sums[3] += factor * fourth[pixel];
    }
    return sums;
  });
}

interface Sampled {
  /** Weighted products of b with each regressor. */
  readonly right: readonly number[];
  /** Weighted product of b with itself. */
  readonly energy: number;
}

/** Reads b at a block's pixels moved by (dx, dy), bilinear, border pixels repeated. */
function createSampler(
  { values, heightPx, widthPx }: Plane,
  blockPx: number,
  weights: Float64Array,
  weighted: readonly Float64Array[],
): (block: Block, dx: number, dy: number) => Sampled {
  const [ofValue, ofOne, ofX, ofY] = weighted;
  const columns = new Int32Array(blockPx);
  const parts = new Float64Array(blockPx);
  return ({ top, left }, dx, dy) => {
    for (let i = 0; i < blockPx; i++) {
      const x = Math.max(0, Math.min(widthPx - 1, left + i + dx));
      columns[i] = Math.min(widthPx - 2, Math.floor(x));
      parts[i] = x - columns[i];
    }
    let [value, one, gradientX, gradientY, energy] = [0, 0, 0, 0, 0];
    for (let j = 0, pixel = 0; j < blockPx; j++) {
      const y = Math.max(0, Math.min(heightPx - 1, top + j + dy));
      const row = Math.min(heightPx - 2, Math.floor(y));
      const partY = y - row;
      for (let i = 0; i < blockPx; i++, pixel++) {
        const place = row * widthPx + columns[i];
        const partX = parts[i];
        const upper = values[place] * (1 - partX) + values[place + 1] * partX;
        const lower = values[place + widthPx] * (1 - partX) + values[place + widthPx + 1] * partX;
        const sampled = upper * (1 - partY) + lower * partY;
        value += ofValue[pixel] * sampled;
        one += ofOne[pixel] * sampled;
        gradientX += ofX[pixel] * sampled;
        gradientY += ofY[pixel] * sampled;
        energy += weights[pixel] * sampled * sampled;
      }
    }
    return { right: [value, one, gradientX, gradientY], energy };
  };
}

function dot(left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index] * right[index];
  return sum;
}

/** Inverse of a positive definite 4×4 matrix by Gauss–Jordan; undefined where it is (nearly) singular. */
function invertSymmetric4(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = rows[pivot][pivot];
    if (!(scale > 1e-9 * Math.max(1, matrix[pivot][pivot]))) return undefined;
    const pivotRow = rows[pivot];
    for (let column = 0; column < 2 * size; column++) pivotRow[column] /= scale;
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const other = rows[row];
      const factor = other[pivot];
      for (let column = 0; column < 2 * size; column++) other[column] -= factor * pivotRow[column];
    }
  }
  return rows.map((row) => row.slice(size));
}
