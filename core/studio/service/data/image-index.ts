import { setImmediate as nextTurn } from 'node:timers/promises';
import { NUMERIC_COLUMNS, type ImageFilter, type NumericColumn } from '../../../library/image-filter.ts';
import type { ImageFacts, ImageSort } from '../../../library/image-search.ts';
import type { Library } from '../../../library/library.ts';
import { argsort } from './argsort.ts';

/** How many images of a dataset are what; see `datasetSchema`. */
export interface DatasetCounts {
  readonly images: number;
  readonly inUse: number;
  readonly excluded: number;
  readonly missing: number;
  readonly duplicates: number;
  readonly withGaze: number;
  readonly withKeypoints: number;
  readonly withCategory: number;
}

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
 * What all images of a library are sorted and counted by, in memory: sorting a million rows takes SQLite seconds, this
 * a tenth of one. Which images a filter matches is always asked of the library. About 60 bytes an image.
 */
export interface ImageIndex {
  /** Ids of the filter's images in an order; those without a value come last. */
  sortedIds(filter: ImageFilter, sort: ImageSort): Promise<Int32Array>;
  facets(filter: ImageFilter, bins: number): Promise<Facets>;
  /** By dataset; those without images are left out. */
  counts(): Promise<ReadonlyMap<number, DatasetCounts>>;
  /** These images were changed in place. */
  refresh(ids: readonly number[]): void;
  /** Images may have come, gone or changed: everything is read again when it is next needed. */
  invalidate(): void;
}

const COLUMNS = Object.keys(NUMERIC_COLUMNS) as NumericColumn[];

/** Read at a time, so that the event loop has a turn every few dozen milliseconds. */
const PAGE_IMAGES = 20_000;

const EXCLUDED = 1;
const MISSING = 2;
const DUPLICATE = 4;
const CORRECTED = 8;

export function createImageIndex(library: Library): ImageIndex {
  const { imageSearch } = library;
  let table = createTable();
  /** The reading under way, or the last one. */
  let reading: Promise<void> | undefined;

  /** Reads what came after the last image that is known. */
  const readOn = async (into: Table): Promise<void> => {
    for (;;) {
      const rows = imageSearch.facts(into.lastId(), PAGE_IMAGES);
      into.append(rows);
      if (rows.length < PAGE_IMAGES) return;
      await nextTurn();
    }
  };
  const upToDate = async (): Promise<Table> => {
    for (;;) {
      const wanted = table;
      if (reading) await reading;
      else if (imageSearch.lastId() <= wanted.lastId()) return wanted;
      else {
        reading = readOn(wanted).finally(() => (reading = undefined));
        await reading;
      }
    }
  };
  const idsOf = (filter: ImageFilter, known: Table): Int32Array =>
    Object.keys(filter).length === 0 ? known.ids() : imageSearch.orderedIds(filter, 'id');

  return {
    async sortedIds(filter, sort) {
      const { by, descending = false } = sort;
      if (by === 'id' || by === 'path') {
        const ids = imageSearch.orderedIds(filter, by);
        return descending ? ids.reverse() : ids;
      }
      const known = await upToDate();
      return known.sorted(idsOf(filter, known), by, descending);
    },
    async facets(filter, bins) {
      const known = await upToDate();
      return known.facets(idsOf(filter, known), bins);
    },
    counts: async () => (await upToDate()).counts(),
    refresh: (ids) => table.update(imageSearch.factsOf(ids)),
    invalidate() {
      table = createTable();
    },
  };
}

interface Table {
  lastId(): number;
  ids(): Int32Array;
  append(rows: readonly ImageFacts[]): void;
  update(rows: readonly ImageFacts[]): void;
  sorted(ids: Int32Array, by: NumericColumn, descending: boolean): Int32Array;
  facets(ids: Int32Array, bins: number): Facets;
  counts(): ReadonlyMap<number, DatasetCounts>;
}

/** Images by ascending id, a typed array for each column. NaN and category 0: without. */
function createTable(): Table {
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
      orders.clear();
      for (const row of rows) {
        const place = placeOf(row.id);
        if (place >= 0) put(place, row);
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
      const byDataset = new Map<number, { -readonly [Key in keyof DatasetCounts]: number }>();
      for (let place = 0; place < count; place++) {
        const datasetId = datasets[place];
        let row = byDataset.get(datasetId);
        if (!row) {
          row = {
            images: 0,
            inUse: 0,
            excluded: 0,
            missing: 0,
            duplicates: 0,
            withGaze: 0,
            withKeypoints: 0,
            withCategory: 0,
          };
          byDataset.set(datasetId, row);
        }
        const flag = flags[place];
        row.images += 1;
        row.inUse += Number((flag & (EXCLUDED | MISSING)) === 0);
        row.excluded += Number((flag & EXCLUDED) !== 0);
        row.missing += Number((flag & MISSING) !== 0);
        row.duplicates += Number((flag & DUPLICATE) !== 0);
        row.withGaze += Number(!Number.isNaN(columns.pitchRad[place]));
        row.withKeypoints += Number(!Number.isNaN(columns.visibleJoints[place]));
        row.withCategory += Number(categories[place] > 0);
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
