import type { Connection } from './connection.ts';
import {
  filterCondition,
  NUMERIC_COLUMNS,
  type ImageFilter,
  type NumericColumn,
  type SqlValue,
} from './image-filter.ts';
import type { Images, LabelledImage, Split } from './images.ts';

export interface ImageSort {
  readonly by: 'id' | 'path' | NumericColumn;
  readonly descending?: boolean;
}

/** Where a page ended. Given back unchanged to get the next one. */
export interface PageCursor {
  readonly value: number | string | null;
  readonly id: number;
}

export interface ImagePage {
  readonly images: readonly LabelledImage[];
  /** Null after the last page. */
  readonly next: PageCursor | null;
}

export interface ImageHistogram {
  /** Lower end of the first bin and upper end of the last one. */
  readonly from: number;
  readonly to: number;
  /** The last bin includes its upper end. */
  readonly counts: readonly number[];
  /** Images of the filter without a value. */
  readonly without: number;
}

/** How many images a dataset has in a split, and of which kind. */
export interface ImageCounts {
  readonly datasetId: number;
  readonly split: Split;
  readonly total: number;
  /** Neither excluded nor missing. */
  readonly inUse: number;
  readonly excluded: number;
  readonly missing: number;
  readonly duplicates: number;
  readonly withGaze: number;
  readonly withKeypoints: number;
  readonly withCategory: number;
}

export interface ImageSearch {
  count(filter: ImageFilter): number;
  /** Images of the filter in the order of `sort` (default id), those without a value last. */
  page(
    filter: ImageFilter,
    options: { readonly limit: number; readonly sort?: ImageSort; readonly after?: PageCursor | null },
  ): ImagePage;
  /** Ids of all images of the filter, ascending. */
  ids(filter: ImageFilter): number[];
  /** Every image of the filter in id order, read in pages; writing meanwhile is allowed. */
  all(filter: ImageFilter): Generator<LabelledImage>;
  /** How the values of a column are spread over `bins` equal bins. Undefined when no image has a value. */
  histogram(column: NumericColumn, filter: ImageFilter, bins: number): ImageHistogram | undefined;
  /** One row for each dataset and split that has images. */
  counts(): ImageCounts[];
}

/** Rows that `all` reads at a time. */
const PAGE_SIZE = 1_000;

const SORT_COLUMNS = { id: 'images.id', path: 'images.path', ...NUMERIC_COLUMNS } as const;

export function imageSearch(connection: Connection, images: Images): ImageSearch {
  // One query per split: grouping by it as well would sort all images first.
  const counts = connection.prepare<[Split], ImageCounts>(
    `SELECT dataset_id AS datasetId, split, count(*) AS total,
       sum(excluded_reason IS NULL AND missing = 0) AS inUse, sum(excluded_reason IS NOT NULL) AS excluded,
       sum(missing) AS missing, count(duplicate_of) AS duplicates, count(pitch_rad) AS withGaze,
       count(visible_joints) AS withKeypoints, count(category) AS withCategory
     FROM images WHERE split = ? GROUP BY dataset_id`,
  );

  const page: ImageSearch['page'] = (filter, { limit, sort = { by: 'id' }, after = null }) => {
    const column = SORT_COLUMNS[sort.by];
    const condition = filterCondition(filter);
    const beyond = after ? afterCursor(column, sort, after) : { sql: 'TRUE', values: [] };
    const direction = sort.descending ? 'DESC' : 'ASC';
    // Ids first: that is a walk along an index; whole rows are then fetched for one page only.
    const rows = connection
      .prepare<SqlValue[], PageCursor>(
        `SELECT images.id, ${column} AS value FROM images WHERE ${condition.sql} AND ${beyond.sql}
         ORDER BY ${column} ${direction} NULLS LAST, images.id ${direction} LIMIT ?`,
      )
      .all(...condition.values, ...beyond.values, limit);
    return {
      images: images.getMany(rows.map((row) => row.id)),
      next: rows.length < limit ? null : (rows.at(-1) ?? null),
    };
  };
  return {
    count(filter) {
      const { sql, values } = filterCondition(filter);
      const row = connection
        .prepare<SqlValue[], { count: number }>(`SELECT count(*) AS count FROM images WHERE ${sql}`)
        .get(...values);
      return row?.count ?? 0;
    },
    page,
    ids(filter) {
      const { sql, values } = filterCondition(filter);
      return connection
        .prepare<SqlValue[], { id: number }>(`SELECT id FROM images WHERE ${sql} ORDER BY id`)
        .all(...values)
        .map((row) => row.id);
    },
    *all(filter) {
      for (let after: PageCursor | null = null; ;) {
        const read: ImagePage = page(filter, { limit: PAGE_SIZE, after });
        yield* read.images;
        if (!read.next) return;
        after = read.next;
      }
    },
    histogram(column, filter, bins) {
      const name = NUMERIC_COLUMNS[column];
      const { sql, values } = filterCondition(filter);
      const ends = connection
        .prepare<SqlValue[], { from: number; to: number; without: number }>(
          `SELECT min(${name}) AS "from", max(${name}) AS "to", count(*) - count(${name}) AS without
           FROM images WHERE ${sql} HAVING count(${name}) > 0`,
        )
        .get(...values);
      if (!ends) return undefined;
      const width = (ends.to - ends.from) / bins || 1;
      const rows = connection
        .prepare<SqlValue[], { bin: number; count: number }>(
          `SELECT min(CAST((${name} - ?) / ? AS INTEGER), ?) AS bin, count(*) AS count
           FROM images WHERE ${sql} AND ${name} IS NOT NULL GROUP BY bin`,
        )
        .all(ends.from, width, bins - 1, ...values);
      const binCounts = new Array<number>(bins).fill(0);
      for (const row of rows) binCounts[row.bin] = row.count;
      return { from: ends.from, to: ends.from + width * bins, counts: binCounts, without: ends.without };
    },
    counts: () =>
      [...counts.all('train'), ...counts.all('test')].sort((left, right) => left.datasetId - right.datasetId),
  };
}

/** What lies behind a cursor, in an order where images without a value come last. */
function afterCursor(
  column: string,
  sort: ImageSort,
  after: PageCursor,
): { sql: string; values: SqlValue[] } {
  const beyond = sort.descending ? '<' : '>';
  if (sort.by === 'id') return { sql: `images.id ${beyond} ?`, values: [after.id] };
  if (after.value === null) {
    return { sql: `(${column} IS NULL AND images.id ${beyond} ?)`, values: [after.id] };
  }
  return {
    sql: `((${column}, images.id) ${beyond} (?, ?) OR ${column} IS NULL)`,
    values: [after.value, after.id],
  };
}
