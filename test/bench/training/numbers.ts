/** The middle value; of an even number the upper one of the middle two. */
export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1];
}

/** "median (least–most)". */
export function spread(values: readonly number[], digits = 0): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

/**
 * How often `one` is faster than `other`, both measured in turn: the median of the ratios of neighbours, which what else
 * ran on the machine slowed alike, and their least and most.
 */
export function speedRatio(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((time, index) => other[index] / time);
}
