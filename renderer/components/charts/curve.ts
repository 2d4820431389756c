/** One line of a chart, column by column; a value is null where its bucket of steps has no finite reading. */
export interface Curve {
  readonly id: string;
  readonly name: string;
  /** A place in the palette (0 to 5), which also chooses the line's dashes. */
  readonly colour: number;
  readonly steps: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  /** Readings that are not numbers. */
  readonly nonFinite: number;
}

/** A level that means something: ln 2, a drift budget. */
export interface ReferenceLine {
  readonly name: string;
  readonly value: number;
}

/** Steps from and to, both shown; null shows all. */
export type StepRange = readonly [from: number, to: number] | null;

/** The place of the last step at or before the one given; −1 where all come later. */
export function placeAtOrBefore(steps: readonly number[], step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The newest value that a curve has at a step; undefined where it has none yet. */
export function valueAt(curve: Curve, step: number | null): number | undefined {
  let place = step === null ? curve.steps.length - 1 : placeAtOrBefore(curve.steps, step);
  while (place >= 0 && curve.mean[place] === null) place -= 1;
  return place < 0 ? undefined : (curve.mean[place] ?? undefined);
}

/**
 * Running mean with exponentially falling weights, without a bias towards the first value (as TensorBoard smooths).
 * @param weight 0 leaves all as it is, 0.99 is almost flat
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let sum = 0;
  let norm = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    norm = weight * norm + (1 - weight);
    return sum / norm;
  });
}

/** What a chart says in one sentence per curve, for those who do not see it. */
export function summarize(curve: Curve, digits: (value: number) => string): string {
  const known = curve.mean.flatMap((value, place) => (value === null ? [] : [[curve.steps[place], value]]));
  if (known.length === 0) return `${curve.name}: no readings.`;
  const [firstStep, first] = known[0];
  const [lastStep, last] = known[known.length - 1];
  const values = known.map(([, value]) => value);
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  return `${curve.name}: ${digits(first)} at step ${firstStep}, ${digits(last)} at step ${lastStep}, between ${digits(low)} and ${digits(high)}.`;
}

/** The curves as a table: a row per step that any of them has. */
export function toRows(curves: readonly Curve[]): { step: number; values: (number | null)[] }[] {
  const rows = new Map<number, (number | null)[]>();
  curves.forEach((curve, column) => {
    curve.steps.forEach((step, place) => {
      const row = rows.get(step) ?? curves.map(() => null);
      row[column] = curve.mean[place];
      rows.set(step, row);
    });
  });
  return [...rows].map(([step, values]) => ({ step, values })).sort((left, right) => left.step - right.step);
}

/** RFC 4180, a header of names first. */
export function toCsv(curves: readonly Curve[]): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const header = ['step', ...curves.map(({ name }) => quoted(name))].join(',');
  const lines = toRows(curves).map(({ step, values }) =>
    [step, ...values.map((value) => value ?? '')].join(','),
  );
  return [header, ...lines, ''].join('\r\n');
}
