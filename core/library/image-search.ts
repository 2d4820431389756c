import type { Connection } from './connection.ts';
import {
  CORRECTED_IMAGES,
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

/** What an image is searched, sorted and counted by. Null where it has no such value. */
export interface ImageFacts extends Readonly<Record<NumericColumn, number | null>> {
  readonly id: number;
  readonly datasetId: number;
  readonly split: Split;
  readonly category: string | null;
  /** 0 or 1, as are the next ones. */
  readonly excluded: number;
  readonly missing: number;
  readonly duplicate: number;
  /** A person has corrected one of its labels. */
  readonly corrected: number;
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
  /**
   * Ids of all images of the filter in an order that SQLite has an index for: the fastest way to read a million of them.
   */
  orderedIds(filter: ImageFilter, by: 'id' | 'path'): Int32Array;
  /** The newest image's id; 0 where there is none. */
  lastId(): number;
  /** Facts of the images after an id, in id order, at most `limit`. */
  facts(afterId: number, limit: number): ImageFacts[];
  /** Facts of some images, in id order. */
  factsOf(ids: readonly number[]): ImageFacts[];
  /** How many images of the filter have each tag, by name; tags that none has are left out. */
  tagCounts(filter: ImageFilter): { readonly value: string; readonly count: number }[];
  /** Every image of the filter in id order, read in pages; writing meanwhile is allowed. */
  all(filter: ImageFilter): Generator<LabelledImage>;
  /** How the values of a column are spread over `bins` equal bins. Undefined when no image has a value. */
  histogram(column: NumericColumn, filter: ImageFilter, bins: number): ImageHistogram | undefined;
  /** One row for each dataset and split that has images. */
  counts(): ImageCounts[];
}

/** Rows that `all` reads at a time. */
const PAGE_SIZE = 1_000;

const FACT_COLUMNS = `images.id, images.dataset_id AS datasetId, images.split, images.category,
  images.pitch_rad AS pitchRad, images.yaw_rad AS yawRad, images.grey_mean AS greyMean,
  images.grey_deviation AS greyDeviation, images.visible_joints AS visibleJoints, images.width_px AS widthPx,
  images.height_px AS heightPx, images.excluded_reason IS NOT NULL AS excluded, images.missing,
  images.duplicate_of IS NOT NULL AS duplicate, images.id IN (${CORRECTED_IMAGES}) AS corrected`;

const SORT_COLUMNS = { id: 'images.id', path: 'images.path', ...NUMERIC_COLUMNS } as const;

export function imageSearch(connection: Connection, images: Images): ImageSearch {
  const counts = connection.prepare<[], ImageCounts>(
    `SELECT dataset_id AS datasetId, split, total, in_use AS inUse, excluded, missing, duplicates, with_gaze AS withGaze,
       with_keypoints AS withKeypoints, with_category AS withCategory
     FROM image_counts WHERE total > 0 ORDER BY dataset_id, split DESC`,
  );
  const lastId = connection.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM images');
  const ends = connection.prepare<[], IdEnds>(
    `SELECT coalesce((SELECT min(id) FROM images), 0) AS first, coalesce((SELECT max(id) FROM images), 0) AS last,
       (SELECT count(*) FROM images) AS count`,
  );
  const facts = connection.prepare<[number, number], ImageFacts>(
    `SELECT ${FACT_COLUMNS} FROM images WHERE id > ? ORDER BY id LIMIT ?`,
  );
  const factsOf = connection.prepare<[string], ImageFacts>(
    `SELECT ${FACT_COLUMNS} FROM images WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`,
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
    orderedIds(filter, by) {
      if (by === 'id' && Object.keys(filter).length === 0) {
        const found = ends.get();
        const all = found && idsWithoutGap(found);
        if (all) return all;
      }
      const { sql, values } = filterCondition(filter);
      const order = by === 'id' ? 'id' : 'path, id';
      // One row of JSON instead of a row for each image: a third of the time.
      const row = connection
        .prepare<SqlValue[], { ids: string }>(
          `SELECT json_group_array(id) AS ids FROM (SELECT id FROM images WHERE ${sql} ORDER BY ${order})`,
        )
        .get(...values);
      return Int32Array.from(JSON.parse(row?.ids ?? '[]') as number[]);
    },
    lastId: () => lastId.get()?.id ?? 0,
    facts: (afterId, limit) => facts.all(afterId, limit),
    factsOf: (ids) => factsOf.all(JSON.stringify(ids)),
    tagCounts(filter) {
      const { sql, values } = filterCondition(filter);
      return connection
        .prepare<SqlValue[], { value: string; count: number }>(
          `SELECT tags.name AS value, count(*) AS count
           FROM image_tags JOIN images ON images.id = image_id JOIN tags ON tags.id = tag_id
           WHERE ${sql} GROUP BY tags.id ORDER BY tags.name`,
        )
        .all(...values);
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
    counts: () => counts.all(),
  };
}

interface IdEnds {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** Ids of images none of which was ever removed, known without reading them; undefined where some were. */
function idsWithoutGap({ first, last, count }: IdEnds): Int32Array | undefined {
  if (count === 0 || last - first + 1 !== count) return undefined;
  const ids = new Int32Array(count);
  for (let at = 0; at < count; at++) ids[at] = first + at;
  return ids;
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
