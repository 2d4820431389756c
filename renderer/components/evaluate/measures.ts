import { BASELINES } from '../../../core/contract/baselines.ts';
import type { OutputOf } from '../../../core/contract/contract.ts';

export type Evaluation = OutputOf<'evaluate.list'>[number];
export type MeasureRow = Evaluation['rows'][number];
export type Measured = MeasureRow['values'][number];

/** The columns in the order of the table; those without any value are left out. */
export const COLUMNS = ['synthetic', ...BASELINES, 'refined', 'real'] as const;
export type Column = (typeof COLUMNS)[number];

/** What was made to look real, and so can be the best of a row. */
const MADE: readonly Column[] = [...BASELINES, 'refined'];

export function columnsOf(rows: readonly MeasureRow[]): Column[] {
  const known = new Set(
    rows.flatMap(({ values }) => values.filter(({ value }) => value !== null).map(({ of }) => of)),
  );
  return COLUMNS.filter((column) => known.has(column));
}

export const valueOf = ({ values }: MeasureRow, column: Column): Measured | undefined =>
  values.find(({ of, value }) => of === column && value !== null);

/** The best of those that were made; undefined where nothing is better than another, or only one was measured. */
export function bestOf(row: MeasureRow): Column | undefined {
  if (row.better === 'none') return undefined;
  const sign = row.better === 'lower' ? 1 : -1;
  const made = MADE.flatMap((column) => {
    const value = valueOf(row, column)?.value;
    return value === undefined || value === null ? [] : [{ column, value: sign * value }];
  }).sort((left, right) => left.value - right.value);
  if (made.length < 2 || made[0]?.value === made[1]?.value) return undefined;
  return made[0]?.column;
}

/** Whether a column is better (1) or worse (−1) than the synthetic images were; 0 where that cannot be said. */
export function change(row: MeasureRow, column: Column): -1 | 0 | 1 {
  const before = valueOf(row, 'synthetic')?.value;
  const after = valueOf(row, column)?.value;
  if (column === 'synthetic' || column === 'real' || row.better === 'none') return 0;
  if (before === undefined || before === null || after === undefined || after === null) return 0;
  const isBetter = row.better === 'lower' ? after < before : after > before;
  return after === before ? 0 : isBetter ? 1 : -1;
}

/** A value with its unit. */
export function written(value: number, unit: string): string {
  // What is left of a zero after arithmetic is a zero.
  const digits = Math.abs(value) < 1e-6 ? 0 : Number(value.toPrecision(3));
  return unit === '' ? String(digits) : `${digits} ${unit}`;
}
