import type { Point } from './down-sample.ts';

/** Fewer points than this are all seen one by one. */
const FEWEST_POINTS = 100;

/** A curve that travels this many times its own range hides its course in its noise. */
const RESTLESS_TRAVEL = 6;

/** Points on each side of the running mean, as a share of all. */
const HALF_WIDTH_SHARE = 1 / 50;

/**
 * The running mean of a series that is too restless to be followed by eye, over a twenty-fifth of its points, broken
 * where the series is (values that are NaN); on a logarithmic axis the geometric mean. Undefined for a calm series.
 */
export function trendOf(points: readonly Point[], logarithmic: boolean): readonly Point[] | undefined {
  const values = points.map(([, value]) => (logarithmic ? Math.log(value) : value));
  if (!isRestless(values.filter((value) => !Number.isNaN(value)))) return undefined;
  const halfWidth = Math.ceil(points.length * HALF_WIDTH_SHARE);
  const means = new Float64Array(values.length).fill(Number.NaN);
  for (let start = 0; start < values.length; start++) {
    if (Number.isNaN(values[start])) continue;
    let end = start;
    while (end < values.length && !Number.isNaN(values[end])) end++;
    means.set(runningMean(values.slice(start, end), halfWidth), start);
    start = end;
  }
  return points.map(([step], index): Point => [step, logarithmic ? Math.exp(means[index]) : means[index]]);
}

function isRestless(values: readonly number[]): boolean {
  if (values.length < FEWEST_POINTS) return false;
  let travel = 0;
  let lowest = values[0];
  let highest = values[0];
  for (let index = 1; index < values.length; index++) {
    travel += Math.abs(values[index] - values[index - 1]);
    lowest = Math.min(lowest, values[index]);
    highest = Math.max(highest, values[index]);
  }
  return travel > RESTLESS_TRAVEL * (highest - lowest);
}

/** The mean over each value and as many on its left as on its right: fewer near the ends, so that a slope stays one. */
function runningMean(values: readonly number[], halfWidth: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, index) => (sums[index + 1] = sums[index] + value));
  return Float64Array.from(values, (_, index) => {
    const reach = Math.min(halfWidth, index, values.length - 1 - index);
    return (sums[index + reach + 1] - sums[index - reach]) / (2 * reach + 1);
  });
}
