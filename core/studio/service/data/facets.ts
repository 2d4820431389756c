import type { NumericColumn } from '../../../library/image-filter.ts';
import { COLUMNS, FLAG, type ImageTable } from './image-table.ts';

export interface ColumnHistogram {
  readonly column: NumericColumn;
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
  readonly without: number;
}

export interface Facets {
  readonly total: number;
  readonly histograms: readonly ColumnHistogram[];
  readonly categories: readonly { readonly value: string; readonly count: number }[];
  readonly excluded: number;
  readonly missing: number;
  readonly duplicates: number;
  readonly corrected: number;
}

/**
 * How the images at some places are spread, counted column by column: between two of them others have their turn, and
 * a change that is made meanwhile may be in one and not in the other.
 */
export async function facetsOf(
  table: ImageTable,
  places: Int32Array,
  bins: number,
  turn: () => Promise<unknown>,
): Promise<Facets> {
  const histograms: ColumnHistogram[] = [];
  for (const column of COLUMNS) {
    const made = histogram(column, table.columns[column], places, bins);
    if (made) histograms.push(made);
    await turn();
  }
  return {
    total: places.length,
    histograms,
    ...flagCounts(table, places),
    categories: byCategory(table, places),
  };
}

function flagCounts(
  { flags }: ImageTable,
  places: Int32Array,
): Pick<Facets, 'excluded' | 'missing' | 'duplicates' | 'corrected'> {
  // Images by all flags at once.
  const counts = new Int32Array(256);
  const { length } = places;
  for (let at = 0; at < length; at++) counts[flags[places[at]]] += 1;
  const of = (flag: number): number =>
    counts.reduce((sum, count, flagged) => sum + ((flagged & flag) === 0 ? 0 : count), 0);
  return {
    excluded: of(FLAG.excluded),
    missing: of(FLAG.missing),
    duplicates: of(FLAG.duplicate),
    corrected: of(FLAG.corrected),
  };
}

function byCategory({ categories, categoryNames }: ImageTable, places: Int32Array): Facets['categories'] {
  if (categoryNames.length === 0) return [];
  const counts = new Int32Array(categoryNames.length + 1);
  const { length } = places;
  for (let at = 0; at < length; at++) counts[categories[places[at]]] += 1;
  return categoryNames
    .map((value, code) => ({ value, count: counts[code + 1] }))
    .filter(({ count }) => count > 0)
    .sort((left, right) => left.value.localeCompare(right.value, 'en', { numeric: true }));
}

/** Undefined where no image has a value. Bins as in `ImageSearch.histogram`. */
function histogram(
  column: NumericColumn,
  values: Float64Array,
  places: Int32Array,
  bins: number,
): ColumnHistogram | undefined {
  let [from, to, without] = [Infinity, -Infinity, 0];
  // By index: walking along an array by its iterator takes several times as long.
  const { length } = places;
  for (let at = 0; at < length; at++) {
    const value = values[places[at]];
    if (value < from) from = value;
    if (value > to) to = value;
    if (Number.isNaN(value)) without += 1;
  }
  if (without === length) return undefined;
  const width = (to - from) / bins || 1;
  // One more, for those without.
  const counts = new Int32Array(bins + 1);
  for (let at = 0; at < length; at++) {
    const value = values[places[at]];
    counts[Number.isNaN(value) ? bins : Math.min(bins - 1, Math.floor((value - from) / width))] += 1;
  }
  return { column, from, to: from + width * bins, counts: [...counts.subarray(0, bins)], without };
}
