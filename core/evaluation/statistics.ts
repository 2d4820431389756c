type Numbers = readonly number[] | Float32Array | Float64Array;

/** Arithmetic mean; NaN of nothing. */
export function mean(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Standard deviation of a sample (n − 1); 0 of a single value. */
export function sampleDeviation(values: Numbers): number {
  if (values.length === 1) return 0;
  const average = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - average) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/**
 * The value below which `share` (0–1) of the values lie, linear between neighbours (Hyndman & Fan 1996, type 7: the
 * default of R and NumPy); NaN of nothing.
 */
export function quantile(values: Numbers, share: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

export function median(values: Numbers): number {
  return quantile(values, 0.5);
}

/** 97.5 % point of the standard normal distribution: two-sided 95 %. */
const NORMAL_97_5 = 1.959963984540054;

/** 95 % interval of a share of `successes` among `trials` (Wilson 1927). */
export function wilsonInterval(successes: number, trials: number): { low: number; high: number } {
  const share = successes / trials;
  const z2 = NORMAL_97_5 ** 2;
  const centre = share + z2 / (2 * trials);
  const half = NORMAL_97_5 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const scale = 1 + z2 / trials;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}

/** Probability that a fair coin shows heads at least `successes` times in `trials`: exact one-sided p value. */
export function fairCoinPValue(successes: number, trials: number): number {
  // log C(n, k) by its recurrence, from the end with the smallest terms, so that the sum loses no digits.
  let logTerm = -trials * Math.LN2;
  let sum = 0;
  for (let heads = trials; heads >= Math.max(0, successes); heads--) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(heads) - Math.log(trials - heads + 1);
  }
  return Math.min(1, sum);
}
