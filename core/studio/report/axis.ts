import { formatCount, formatDecimals, formatNumber } from './numbers.ts';

interface Tick {
  readonly value: number;
  readonly label: string;
}

/** A stretch of numbers laid out along a chart's edge. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
  /** Where a value lies: 0 at `low`, 1 at `high`. */
  place(value: number): number;
}

/** Narrower than this, relative to the values, is no range but rounding. */
const NARROWEST_RELATIVE_RANGE = 1e-9;
const NARROWEST_RANGE = 1e-300;

/** Share of a step by which values may pass the last tick. */
const LARGEST_OVERHANG = 0.25;

/** More decades than this are not all labelled. */
const MOST_DECADES = 6;

/**
 * A linear axis with ticks at 1, 2 or 5 times a power of ten, which ends at a tick or little beyond. Zero is on it where
 * the values come at least half-way to it, so that a small change does not look like a large one.
 */
export function linearAxis(lowest: number, highest: number, wantedTicks: number): Axis {
  let [low, high] = withZero(lowest, highest);
  if (isNarrow(low, high)) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (isNarrow(low, high)) [low, high] = [0, 1];
  const step = niceStep(low, high, wantedTicks);
  const values = multiples(step, -tickBeyond(-low / step), tickBeyond(high / step));
  const ends = axisBetween(Math.min(low, values[0]), Math.max(high, values[values.length - 1]));
  return { ...ends, ticks: labelled(values, step) };
}

/** The axis of steps: ends where the steps end, so that curves fill it; ticks at whole steps inside. */
export function stepAxis(first: number, last: number, wantedTicks: number): Axis {
  const high = last > first ? last : first + 1;
  const step = Math.max(1, niceStep(first, high, wantedTicks));
  const values = multiples(step, Math.ceil(first / step), Math.floor(high / step));
  const thousands = values.some((value) => Math.abs(value) >= 100_000);
  return {
    ...axisBetween(first, high),
    ticks: values.map((value) => ({
      value,
      label: thousands && value !== 0 ? `${formatNumber(value / 1000)}k` : formatCount(value),
    })),
  };
}

/**
 * A logarithmic axis of positive values that ends at 1, 2 or 5 times a power of ten. Ticks at powers of ten (every
 * second, third … where there are many); at 1, 2 and 5 where it spans less than two of them.
 */
export function logarithmicAxis(lowest: number, highest: number): Axis {
  let first = rungBelow(lowest);
  let last = rungAbove(highest);
  if (first === last) [first, last] = [first - 1, last + 1];
  const decades = Math.ceil((last - first) / 3);
  const stride = decades <= 2 ? 1 : 3 * Math.ceil(decades / MOST_DECADES);
  const ticks: Tick[] = [];
  for (let rung = first; rung <= last; rung++) {
    if (rung % stride === 0) ticks.push({ value: rungValue(rung), label: formatNumber(rungValue(rung)) });
  }
  const low = rungValue(first);
  const high = rungValue(last);
  const logLow = Math.log(low);
  const logRange = Math.log(high) - logLow;
  return { low, high, ticks, place: (value) => (Math.log(value) - logLow) / logRange };
}

function withZero(low: number, high: number): [number, number] {
  if (low > 0 && low <= high / 2) return [0, high];
  if (high < 0 && high >= low / 2) return [low, 0];
  return [low, high];
}

function isNarrow(low: number, high: number): boolean {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return high - low <= Math.max(NARROWEST_RANGE, size * NARROWEST_RELATIVE_RANGE);
}

/** The smallest of 1, 2, 5 × 10^k that needs no more than the wanted number of steps. */
function niceStep(low: number, high: number, wanted: number): number {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}

/** Whole multiples of a step, free of the rounding that 3 × 0.1 leaves. */
function multiples(step: number, first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The tick, counted in steps, that ends an axis: the next one, or the last one where the values pass it only a little. */
function tickBeyond(end: number): number {
  return Math.floor(end) + (end - Math.floor(end) > LARGEST_OVERHANG ? 1 : 0);
}

function axisBetween(low: number, high: number): Pick<Axis, 'low' | 'high' | 'place'> {
  return { low, high, place: (value) => (value - low) / (high - low) };
}

function labelled(values: readonly number[], step: number): Tick[] {
  const largest = Math.max(...values.map(Math.abs));
  if (largest >= 1e5 || step < 1e-4) return values.map((value) => ({ value, label: formatNumber(value) }));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return values.map((value) => ({ value, label: formatDecimals(value, decimals) }));
}

/** The ladder … 0.1, 0.2, 0.5, 1, 2, 5, 10 … counted from 1 at rung 0. */
function rungValue(rung: number): number {
  const power = Math.floor(rung / 3);
  return Number(`${[1, 2, 5][rung - 3 * power]}e${power}`);
}

function rungBelow(value: number): number {
  let rung = 3 * Math.floor(Math.log10(value)) + 3;
  while (rungValue(rung) > value) rung--;
  return rung;
}

function rungAbove(value: number): number {
  let rung = 3 * Math.floor(Math.log10(value)) - 1;
  while (rungValue(rung) < value) rung++;
  return rung;
}
