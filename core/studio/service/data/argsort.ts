/** Bits of a key that are sorted in one pass: few enough that what is written to lies in the processor's cache. */
const DIGIT_BITS = 11;
const BINS = 1 << DIGIT_BITS;
const DIGITS = Math.ceil(64 / DIGIT_BITS);

/** Keys of 64 bits as two halves, with the place that each came from. */
interface Keyed {
  readonly places: Int32Array;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

/**
 * Places of the values in ascending order; equal values keep their order, NaN comes last. A radix sort on the bits of
 * the numbers: a million take a tenth of a second, in passes between which others have their turn. The values are read
 * before the first turn.
 */
export async function argsort(values: Float64Array, turn: () => Promise<unknown>): Promise<Int32Array> {
  let from = sortableKeys(values);
  let to = emptyKeys(values.length);
  for (let digit = 0; digit < DIGITS; digit++) {
    const starts = startsOf(from, digit);
    // All are alike in it.
    if (!starts) continue;
    await turn();
    scatter(from, to, starts, digit);
    [from, to] = [to, from];
  }
  return from.places;
}

/** The numbers as unsigned integers of the same order. */
function sortableKeys(values: Float64Array): Keyed {
  const keys = emptyKeys(values.length);
  const number = new Float64Array(1);
  const halves = new Uint32Array(number.buffer);
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    const isNumber = !Number.isNaN(value);
    // One zero, one NaN. Negative numbers are stored as sign and magnitude: all bits flip; of others the sign only.
    number[0] = isNumber ? value + 0 : NaN;
    const isNegative = isNumber && halves[1] >>> 31 === 1;
    keys.places[place] = place;
    keys.low[place] = isNegative ? ~halves[0] : halves[0];
    keys.high[place] = isNegative ? ~halves[1] : halves[1] | 0x8000_0000;
  }
  return keys;
}

function emptyKeys(count: number): Keyed {
  return { places: new Int32Array(count), low: new Uint32Array(count), high: new Uint32Array(count) };
}

/** Where the keys of each value of a digit begin, once sorted; undefined where all have the same. */
function startsOf({ low, high }: Keyed, digit: number): Int32Array | undefined {
  const counts = new Int32Array(BINS + 1);
  for (let at = 0; at < low.length; at++) counts[digitOf(low[at], high[at], digit) + 1] += 1;
  if (counts.includes(low.length)) return undefined;
  for (let bin = 1; bin < counts.length; bin++) counts[bin] += counts[bin - 1];
  return counts;
}

function scatter(from: Keyed, to: Keyed, starts: Int32Array, digit: number): void {
  for (let at = 0; at < from.low.length; at++) {
    const target = starts[digitOf(from.low[at], from.high[at], digit)]++;
    to.places[target] = from.places[at];
    to.low[target] = from.low[at];
    to.high[target] = from.high[at];
  }
}

function digitOf(low: number, high: number, digit: number): number {
  const shift = digit * DIGIT_BITS;
  if (shift >= 32) return (high >>> (shift - 32)) & (BINS - 1);
  const bits = low >>> shift;
  return (shift + DIGIT_BITS > 32 ? bits | (high << (32 - shift)) : bits) & (BINS - 1);
}
