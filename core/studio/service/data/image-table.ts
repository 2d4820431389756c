import { NUMERIC_COLUMNS, type NumericColumn } from '../../../library/image-filter.ts';
import type { ImageFacts } from '../../../library/image-search.ts';

export const COLUMNS = Object.keys(NUMERIC_COLUMNS) as NumericColumn[];

/** Bits of `ImageTable.flags`. */
export const FLAG = { excluded: 1, missing: 2, duplicate: 4, corrected: 8, test: 16 } as const;

/**
 * Facts of images by ascending id, a typed array for each, of which the first `count` places are used. Arrays are made
 * anew as the table grows: they are not to be kept over a turn of the event loop.
 */
export interface ImageTable {
  readonly count: number;
  readonly ids: Int32Array;
  readonly datasets: Int32Array;
  /** Places in `categoryNames`, plus one; 0: without. */
  readonly categories: Int32Array;
  readonly categoryNames: readonly string[];
  readonly flags: Uint8Array;
  /** NaN: without. */
  readonly columns: Readonly<Record<NumericColumn, Float64Array>>;
  /** Another one after every change. */
  readonly edition: number;
  /** Another one after every change of the column's values. */
  columnEdition(name: NumericColumn): number;
  /** The newest image's id; 0 where there is none. */
  lastId(): number;
  append(rows: readonly ImageFacts[]): void;
  /** Images that are not in the table are passed over. */
  update(rows: readonly ImageFacts[]): void;
}

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
  let edition = 0;
  const columnEditions = new Map<NumericColumn, number>();
  const categoryNames: string[] = [];
  const categoryCodes = new Map<string, number>();

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
      row.excluded * FLAG.excluded +
      row.missing * FLAG.missing +
      row.duplicate * FLAG.duplicate +
      row.corrected * FLAG.corrected +
      (row.split === 'test' ? FLAG.test : 0);
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

  return {
    get count() {
      return count;
    },
    get ids() {
      return ids;
    },
    get datasets() {
      return datasets;
    },
    get categories() {
      return categories;
    },
    categoryNames,
    get flags() {
      return flags;
    },
    columns,
    get edition() {
      return edition;
    },
    columnEdition: (name) => columnEditions.get(name) ?? 0,
    lastId: () => (count === 0 ? 0 : ids[count - 1]),
    append(rows) {
      if (rows.length === 0) return;
      edition += 1;
      for (const name of COLUMNS) columnEditions.set(name, edition);
      reserve(count + rows.length);
      for (const row of rows) put(count++, row);
    },
    update(rows) {
      edition += 1;
      for (const row of rows) {
        const place = placeOf(row.id);
        if (place < 0) continue;
        for (const name of COLUMNS) {
          if (!Object.is(columns[name][place], row[name] ?? NaN)) columnEditions.set(name, edition);
        }
        put(place, row);
      }
    },
  };
}

/** Places of ascending ids; what came after the last reading is left out. */
export function placesOf({ ids, count }: Pick<ImageTable, 'ids' | 'count'>, wanted: Int32Array): Int32Array {
  const { length } = wanted;
  const places = new Int32Array(length);
  let [found, place] = [0, 0];
  for (let at = 0; at < length; at++) {
    const id = wanted[at];
    while (place < count && ids[place] < id) place += 1;
    if (place < count && ids[place] === id) places[found++] = place;
  }
  return places.subarray(0, found);
}
