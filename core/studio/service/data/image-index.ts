import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImageFilter, NumericColumn } from '../../../library/image-filter.ts';
import type { ImageSort } from '../../../library/image-search.ts';
import type { Library } from '../../../library/library.ts';
import { argsort } from './argsort.ts';
import { facetsOf, type Facets } from './facets.ts';
import { createImageTable, type ImageTable } from './image-table.ts';
import { beyondTable, matchingPlaces } from './matching-places.ts';

/**
 * What all images of a library are searched, sorted and counted by, in memory: sorting a million rows takes SQLite
 * seconds, this a tenth of one. Until it has been read, the library itself says which images a filter matches. About 60
 * bytes an image; everything that takes longer than a few dozen milliseconds lets others have their turn.
 */
export interface ImageIndex {
  /** Ids of the filter's images in an order; those without a value come last. */
  sortedIds(filter: ImageFilter, sort: ImageSort): Promise<Int32Array>;
  facets(filter: ImageFilter, bins: number): Promise<Facets>;
  /** These images were changed in place. */
  refresh(ids: readonly number[]): void;
  /** Images may have come, gone or changed: everything is read again when it is next needed. */
  invalidate(): void;
}

/** Read in one turn: about a millisecond, since answering one request takes many turns. */
const PAGE_IMAGES = 500;

/** Something computed of what an edition of the table says. */
interface Computed<Value> {
  readonly edition: number;
  readonly value: Value;
}

/** What is known of the images between two invalidations. */
interface Known {
  readonly table: ImageTable;
  /** Places in the order of a column, made when it is first sorted by. */
  readonly orders: Map<NumericColumn, Computed<Promise<Int32Array>>>;
  /** Of all images, by number of bins. */
  readonly facets: Map<number, Computed<Promise<Facets>>>;
}

export function createImageIndex(library: Library): ImageIndex {
  const { imageSearch } = library;
  const nothingKnown = (): Known => ({ table: createImageTable(), orders: new Map(), facets: new Map() });
  let current = nothingKnown();
  /** The reading under way. */
  let reading: Promise<void> | undefined;
  let pathOrder: Computed<Int32Array> | undefined;

  /** Reads what came after the last image that is known. */
  const readOn = async (into: ImageTable): Promise<void> => {
    for (;;) {
      const rows = imageSearch.facts(into.lastId(), PAGE_IMAGES);
      into.append(rows);
      if (rows.length < PAGE_IMAGES) return;
      await nextTurn();
    }
  };
  const upToDate = async (): Promise<Known> => {
    for (;;) {
      const wanted = current;
      if (reading) await reading;
      else if (isUpToDate()) return wanted;
      else {
        reading = readOn(wanted.table).finally(() => (reading = undefined));
        await reading;
      }
    }
  };
  const isUpToDate = (): boolean => !reading && imageSearch.lastId() <= current.table.lastId();
  const placesFor = (filter: ImageFilter, { table }: Known): Int32Array => {
    const beyond = beyondTable(filter);
    const among = beyond && imageSearch.orderedIds(beyond, 'id');
    return matchingPlaces(table, filter, among, datasetsOfRole(library, filter.role));
  };
  const byId = (filter: ImageFilter): Int32Array => {
    if (!isUpToDate()) return imageSearch.orderedIds(filter, 'id');
    const { ids } = current.table;
    return placesFor(filter, current).map((place) => ids[place]);
  };
  /** Sorted once: for a filter SQLite would read whole rows to sort their paths. */
  const byPath = (filter: ImageFilter): Int32Array => {
    const lastId = imageSearch.lastId();
    if (pathOrder?.edition !== lastId) {
      pathOrder = { edition: lastId, value: imageSearch.orderedIds({}, 'path') };
    }
    const isWanted = new Uint8Array(lastId + 1);
    for (const id of byId(filter)) isWanted[id] = 1;
    return pathOrder.value.filter((id) => isWanted[id] === 1);
  };
  const orderOf = async ({ table, orders }: Known, by: NumericColumn): Promise<Int32Array> => {
    for (;;) {
      const edition = table.columnEdition(by);
      const known = orders.get(by);
      const made =
        known?.edition === edition
          ? known.value
          : argsort(table.columns[by].subarray(0, table.count), nextTurn);
      orders.set(by, { edition, value: made });
      const order = await made;
      if (table.columnEdition(by) === edition) return order;
    }
  };
  const allFacets = ({ table, facets }: Known, bins: number): Promise<Facets> => {
    const known = facets.get(bins);
    if (known?.edition === table.edition) return known.value;
    const made = {
      edition: table.edition,
      value: facetsOf(table, matchingPlaces(table, {}, undefined, new Set()), bins, nextTurn),
    };
    facets.set(bins, made);
    return made.value;
  };

  return {
    async sortedIds(filter, sort) {
      const { by, descending = false } = sort;
      if (by === 'id' || by === 'path') {
        const ids = by === 'id' ? byId(filter) : byPath(filter);
        return descending ? ids.reverse() : ids;
      }
      const known = await upToDate();
      const order = await orderOf(known, by);
      return sortedIdsOf(known.table, placesFor(filter, known), order, by, descending);
    },
    async facets(filter, bins) {
      const known = await upToDate();
      return isEmpty(filter)
        ? allFacets(known, bins)
        : facetsOf(known.table, placesFor(filter, known), bins, nextTurn);
    },
    refresh(ids) {
      current.table.update(imageSearch.factsOf(ids));
    },
    invalidate() {
      current = nothingKnown();
      pathOrder = undefined;
    },
  };
}

const isEmpty = (filter: ImageFilter): boolean => Object.keys(filter).length === 0;

function datasetsOfRole({ datasets }: Library, role: ImageFilter['role']): ReadonlySet<number> {
  return new Set(datasets.list().flatMap((dataset) => (dataset.role === role ? dataset.id : [])));
}

/**
 * Ids of the images at some places in the order of a column; those without a value come last.
 *
 * @param order places of all images in the order of the column, NaN last
 */
function sortedIdsOf(
  { count, ids, columns }: ImageTable,
  places: Int32Array,
  order: Int32Array,
  by: NumericColumn,
  descending: boolean,
): Int32Array {
  const isWanted = new Uint8Array(count);
  const { length } = places;
  for (let at = 0; at < length; at++) isWanted[places[at]] = 1;
  const values = columns[by];
  const sorted = new Int32Array(length);
  let filled = 0;
  const take = (from: number, to: number): void => {
    const step = descending ? -1 : 1;
    for (let at = descending ? to - 1 : from; descending ? at >= from : at < to; at += step) {
      if (isWanted[order[at]] === 1) sorted[filled++] = ids[order[at]];
    }
  };
  let withValue = order.length;
  while (withValue > 0 && Number.isNaN(values[order[withValue - 1]])) withValue -= 1;
  take(0, withValue);
  take(withValue, order.length);
  return sorted;
}
