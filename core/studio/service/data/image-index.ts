import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImageFilter } from '../../../library/image-filter.ts';
import type { ImageSort } from '../../../library/image-search.ts';
import type { Library } from '../../../library/library.ts';
import { countsOfDatasets, type DatasetCounts } from './dataset-counts.ts';
import { createImageTable, type Facets, type ImageTable } from './image-table.ts';

/**
 * What all images of a library are sorted and counted by, in memory: sorting a million rows takes SQLite seconds, this
 * a tenth of one. Which images a filter matches is always asked of the library. About 60 bytes an image.
 */
export interface ImageIndex {
  /** Ids of the filter's images in an order; those without a value come last. */
  sortedIds(filter: ImageFilter, sort: ImageSort): Promise<Int32Array>;
  facets(filter: ImageFilter, bins: number): Promise<Facets>;
  /** By dataset; those without images are left out. */
  counts(): ReadonlyMap<number, DatasetCounts>;
  /** These images were changed in place. */
  refresh(ids: readonly number[]): void;
  /** Images may have come, gone or changed: everything is read again when it is next needed. */
  invalidate(): void;
}

/** Read at a time, so that the event loop has a turn every few dozen milliseconds. */
const PAGE_IMAGES = 20_000;

/** Counts of the library's own, as long as no image came or changed. */
interface Counted {
  readonly lastId: number;
  readonly counts: ReadonlyMap<number, DatasetCounts>;
}

export function createImageIndex(library: Library): ImageIndex {
  const { imageSearch } = library;
  let table = createImageTable();
  /** The reading under way. */
  let reading: Promise<void> | undefined;
  let firstCounts: Counted | undefined;
  let pathOrder: { readonly lastId: number; readonly ids: Int32Array } | undefined;

  /** Reads what came after the last image that is known. */
  const readOn = async (into: ImageTable): Promise<void> => {
    for (;;) {
      const rows = imageSearch.facts(into.lastId(), PAGE_IMAGES);
      into.append(rows);
      if (rows.length < PAGE_IMAGES) return;
      await nextTurn();
    }
  };
  const upToDate = async (): Promise<ImageTable> => {
    for (;;) {
      const wanted = table;
      if (reading) await reading;
      else if (isUpToDate()) return wanted;
      else {
        reading = readOn(wanted).finally(() => (reading = undefined));
        await reading;
      }
    }
  };
  const isUpToDate = (): boolean => !reading && imageSearch.lastId() <= table.lastId();
  const idsOf = (filter: ImageFilter, known: ImageTable): Int32Array =>
    Object.keys(filter).length === 0 ? known.ids() : imageSearch.orderedIds(filter, 'id');
  /** Sorted once: for a filter SQLite would read whole rows to sort their paths. */
  const byPath = (filter: ImageFilter): Int32Array => {
    const lastId = imageSearch.lastId();
    if (pathOrder?.lastId !== lastId) pathOrder = { lastId, ids: imageSearch.orderedIds({}, 'path') };
    const isWanted = new Uint8Array(lastId + 1);
    for (const id of imageSearch.orderedIds(filter, 'id')) isWanted[id] = 1;
    return pathOrder.ids.filter((id) => isWanted[id] === 1);
  };

  return {
    async sortedIds(filter, sort) {
      const { by, descending = false } = sort;
      if (by === 'id' || by === 'path') {
        const ids = by === 'id' ? imageSearch.orderedIds(filter, by) : byPath(filter);
        return descending ? ids.reverse() : ids;
      }
      const known = await upToDate();
      return known.sorted(idsOf(filter, known), by, descending);
    },
    async facets(filter, bins) {
      const known = await upToDate();
      return known.facets(idsOf(filter, known), bins);
    },
    counts() {
      if (isUpToDate()) return table.counts();
      // Whoever counts will soon search; until the reading is done, the library counts itself.
      void upToDate().catch(() => undefined);
      const lastId = imageSearch.lastId();
      if (firstCounts?.lastId !== lastId) {
        firstCounts = { lastId, counts: countsOfDatasets(imageSearch.counts()) };
      }
      return firstCounts.counts;
    },
    refresh(ids) {
      table.update(imageSearch.factsOf(ids));
      firstCounts = undefined;
    },
    invalidate() {
      table = createImageTable();
      pathOrder = undefined;
      firstCounts = undefined;
    },
  };
}
