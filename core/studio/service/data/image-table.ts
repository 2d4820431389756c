import { NUMERIC_COLUMNS, type NumericColumn } from '../../../library/image-filter.ts';
import type { ImageFacts } from '../../../library/image-search.ts';
import { argsort } from './argsort.ts';
import { noImages, type DatasetCounts } from './dataset-counts.ts';

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

const COLUMNS = Object.keys(NUMERIC_COLUMNS) as NumericColumn[];

const EXCLUDED = 1;
const MISSING = 2;
const DUPLICATE = 4;
const CORRECTED = 8;

/** Facts of images by ascending id, a typed array for each. */
export interface ImageTable {
  lastId(): number;
  ids(): Int32Array;
  append(rows: readonly ImageFacts[]): void;
  update(rows: readonly ImageFacts[]): void;
  sorted(ids: Int32Array, by: NumericColumn, descending: boolean): Int32Array;
  facets(ids: Int32Array, bins: number): Facets;
  counts(): ReadonlyMap<number, DatasetCounts>;
}

/** NaN and category 0: without. */
export function createImageTable(): ImageTable {
  let count = 0;
  let ids = new Int32Array(0);
  let datasets = new Int32Array(0);
  let categories = new Int32Array(0);
  let flags = new Uint8Array(0);
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(0)])) as Record<
    NumericColumn,
    Float64Array<ArrayBuffer>
  >;
  const categoryNames: string[] = [];
  const categoryCodes = new Map<string, number>();
  /** Places in the order of a column, made when it is first sorted by. */
  const orders = new Map<NumericColumn, Int32Array>();

  const reserve = (needed: number): void => {
    if (needed <= ids.length) return;
    const capacity = Math.max(needed, Math.ceil(ids.length * 1.5), 1024);
    const grown = <A extends Int32Array | Uint8Array | Float64Array>(empty: A, from: A): A => {
      empty.set(from);
      return empty;
    };
    ids = grown(new Int32Array(capacity), ids);
    datasets = grown(new Int32Array(capacity), datasets);
    categories = grown(new Int32Array(capacity), categories);
    flags = grown(new Uint8Array(capacity), flags);
    for (const name of COLUMNS) columns[name] = grown(new Float64Array(capacity), columns[name]);
  };
  const codeOf = (name: string | null): number => {
    if (name === null) return 0;
    const known = categoryCodes.get(name);
    if (known !== undefined) return known;
    categoryNames.push(name);
    categoryCodes.set(name, categoryNames.length);
    return categoryNames.length;
  };
  const put = (place: number, row: ImageFacts): void => {
    ids[place] = row.id;
    datasets[place] = row.datasetId;
    categories[place] = codeOf(row.category);
    flags[place] =
      row.excluded * EXCLUDED + row.missing * MISSING + row.duplicate * DUPLICATE + row.corrected * CORRECTED;
    for (const name of COLUMNS) columns[name][place] = row[name] ?? NaN;
  };
  const placeOf = (id: number): number => {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ids[middle] < id) low = middle + 1;
      else high = middle;
    }
    return low < count && ids[low] === id ? low : -1;
  };
  /** Places of ascending ids; what came after the last reading is left out. */
  const placesOf = (wanted: Int32Array): Int32Array => {
    const places = new Int32Array(wanted.length);
    let [found, place] = [0, 0];
    for (const id of wanted) {
      while (place < count && ids[place] < id) place += 1;
      if (place < count && ids[place] === id) places[found++] = place;
    }
    return places.subarray(0, found);
  };
  const orderOf = (name: NumericColumn): Int32Array => {
    const made = orders.get(name) ?? argsort(columns[name].subarray(0, count));
    orders.set(name, made);
    return made;
  };

  return {
    lastId: () => (count === 0 ? 0 : ids[count - 1]),
    ids: () => ids.slice(0, count),
    append(rows) {
      if (rows.length === 0) return;
      orders.clear();
      reserve(count + rows.length);
      for (const row of rows) put(count++, row);
    },
    update(rows) {
      for (const row of rows) {
        const place = placeOf(row.id);
        if (place < 0) continue;
        for (const name of COLUMNS) {
          if (!Object.is(columns[name][place], row[name] ?? NaN)) orders.delete(name);
        }
        put(place, row);
      }
    },
    sorted(wanted, by, descending) {
      const isWanted = new Uint8Array(count);
      const places = placesOf(wanted);
      for (const place of places) isWanted[place] = 1;
      const values = columns[by];
      const sorted = new Int32Array(places.length);
      const order = orderOf(by);
      let filled = 0;
      const take = (from: number, to: number): void => {
        const step = descending ? -1 : 1;
        for (let at = descending ? to - 1 : from; descending ? at >= from : at < to; at += step) {
          if (isWanted[order[at]] === 1) sorted[filled++] = ids[order[at]];
        }
      };
      let withValue = count;
      while (withValue > 0 && Number.isNaN(values[order[withValue - 1]])) withValue -= 1;
      take(0, withValue);
      take(withValue, count);
      return sorted;
    },
    facets(wanted, bins) {
      const places = placesOf(wanted);
      const flagged = (flag: number): number =>
        places.reduce((sum, at) => sum + Number((flags[at] & flag) !== 0), 0);
      const byCategory = new Int32Array(categoryNames.length + 1);
      for (const place of places) byCategory[categories[place]] += 1;
      return {
        total: places.length,
        histograms: COLUMNS.flatMap((column) => histogram(column, columns[column], places, bins) ?? []),
        categories: categoryNames
          .map((value, code) => ({ value, count: byCategory[code + 1] }))
          .filter((one) => one.count > 0)
          .sort((left, right) => left.value.localeCompare(right.value, 'en', { numeric: true })),
        excluded: flagged(EXCLUDED),
        missing: flagged(MISSING),
        duplicates: flagged(DUPLICATE),
        corrected: flagged(CORRECTED),
      };
    },
    counts() {
      const byDataset = new Map<number, DatasetCounts>();
      for (let place = 0; place < count; place++) {
        const row = byDataset.get(datasets[place]) ?? noImages();
        const flag = flags[place];
        row.images += 1;
        row.inUse += Number((flag & (EXCLUDED | MISSING)) === 0);
        row.excluded += Number((flag & EXCLUDED) !== 0);
        row.missing += Number((flag & MISSING) !== 0);
        row.duplicates += Number((flag & DUPLICATE) !== 0);
        row.withGaze += Number(!Number.isNaN(columns.pitchRad[place]));
        row.withKeypoints += Number(!Number.isNaN(columns.visibleJoints[place]));
        row.withCategory += Number(categories[place] > 0);
        byDataset.set(datasets[place], row);
      }
      return byDataset;
    },
  };
}

/** Undefined where no image has a value. Bins as in `ImageSearch.histogram`. */
function histogram(
  column: NumericColumn,
  values: Float64Array,
  places: Int32Array,
  bins: number,
): ColumnHistogram | undefined {
  let [from, to, without] = [Infinity, -Infinity, 0];
  for (const place of places) {
    const value = values[place];
    if (Number.isNaN(value)) without += 1;
    else {
      if (value < from) from = value;
      if (value > to) to = value;
    }
  }
  if (without === places.length) return undefined;
  const width = (to - from) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const place of places) {
    const value = values[place];
    if (!Number.isNaN(value)) counts[Math.min(bins - 1, Math.floor((value - from) / width))] += 1;
  }
  return { column, from, to: from + width * bins, counts, without };
}
