/** Places of a list as ranges, both ends included, in order, neither touching nor overlapping. */
export type Ranges = readonly (readonly [number, number])[];

export const NO_RANGES: Ranges = [];

/** How many places they are. */
export const sizeOf = (ranges: Ranges): number => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

/** Index of the first range that ends at or after a place. */
function firstReaching(ranges: Ranges, place: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function hasPlace(ranges: Ranges, place: number): boolean {
  const found = ranges[firstReaching(ranges, place)];
  return found !== undefined && found[0] <= place;
}

/** With the places from `from` to `to`, in either order. */
export function withRange(ranges: Ranges, from: number, to: number): Ranges {
  let [low, high] = from < to ? [from, to] : [to, from];
  const before = ranges.slice(0, firstReaching(ranges, low - 1));
  const rest = ranges.slice(before.length);
  const touching = rest.filter(([start]) => start <= high + 1);
  for (const [start, end] of touching) [low, high] = [Math.min(low, start), Math.max(high, end)];
  return [...before, [low, high], ...rest.slice(touching.length)];
}

/** Without the places from `from` to `to`, in either order. */
export function withoutRange(ranges: Ranges, from: number, to: number): Ranges {
  const [low, high] = from < to ? [from, to] : [to, from];
  return ranges.flatMap(([start, end]): (readonly [number, number])[] => {
    if (end < low || start > high) return [[start, end]];
    return [
      ...(start < low ? [[start, low - 1] as const] : []),
      ...(end > high ? [[high + 1, end] as const] : []),
    ];
  });
}

export const toggled = (ranges: Ranges, place: number): Ranges =>
  hasPlace(ranges, place) ? withoutRange(ranges, place, place) : withRange(ranges, place, place);
