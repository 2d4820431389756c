import type { PictureNames } from './picture-names.ts';
import type { TableRow } from './table-file.ts';

/** Rows by which columns are judged: the first, the last, and some from all between. */
export interface RowSample {
  readonly rows: readonly ReadonlyMap<string, string>[];
  readonly count: number;
}

const EDGE_ROWS = 50;
const MIDDLE_ROWS = 200;

/** Reads a table once; the rows between the edges are drawn with equal chances, the same each time. */
export async function sampleRows(rows: AsyncIterable<TableRow>): Promise<RowSample> {
  const first: ReadonlyMap<string, string>[] = [];
  const middle: ReadonlyMap<string, string>[] = [];
  const last: ReadonlyMap<string, string>[] = [];
  let count = 0;
  // A linear congruential generator (Numerical Recipes): which rows are drawn need not be random, but spread.
  let state = 1;
  for await (const row of rows) {
    if (!('values' in row)) continue;
    count += 1;
    if (first.length < EDGE_ROWS) {
      first.push(row.values);
      continue;
    }
    last.push(row.values);
    const leaving = last.length > EDGE_ROWS ? last.shift() : undefined;
    if (!leaving) continue;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const place = state % (count - 2 * EDGE_ROWS);
    if (middle.length < MIDDLE_ROWS) middle.push(leaving);
    else if (place < MIDDLE_ROWS) middle[place] = leaving;
  }
  return { rows: [...first, ...middle, ...last], count };
}

/** A header without case, spaces, "_", "-" and the like: "Gaze X" and gaze_x are one name. */
export const columnKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

const IMAGE_KEYS = [
  ...['filename', 'file', 'image', 'imagepath', 'path', 'filepath', 'imagename', 'imgname', 'img', 'imgpath'],
  ...['imagefile', 'imgfile', 'picture', 'photo', 'frame', 'name', 'key', 'imagefilename', 'imageid', 'id'],
];

const ENDS_AS_PICTURE = /\.(?:png|jpe?g?|jfif|webp|avif|tiff?|bmp|p[gpn]m)$/i;

/**
 * The column that names images: by how many of its values are names of pictures, then by its header.
 * @param from folder in which names start, relative to the root
 */
export function findImageColumn(
  columns: readonly string[],
  sample: RowSample,
  names: PictureNames,
  from: string,
): string | undefined {
  const scored = columns.map((column) => ({ column, score: imageScore(column, sample, names, from) }));
  const best = scored.reduce<(typeof scored)[number] | undefined>(
    (one, other) => (one === undefined || other.score > one.score ? other : one),
    undefined,
  );
  return best && best.score > KEY_WEIGHT ? best.column : undefined;
}

/** A usual header counts less than a single name that fits. */
const KEY_WEIGHT = 0.001;

function imageScore(column: string, sample: RowSample, names: PictureNames, from: string): number {
  const values = sample.rows.map((row) => row.get(column)?.trim() ?? '').filter((value) => value !== '');
  if (values.length === 0) return 0;
  const fitting = values.filter((value) => 'path' in names.match(value, from)).length;
  const looking = values.filter((value) => ENDS_AS_PICTURE.test(value)).length;
  const place = IMAGE_KEYS.indexOf(columnKey(column));
  const byKey = place === -1 ? 0 : KEY_WEIGHT * (1 - place / (2 * IMAGE_KEYS.length));
  // Numbers of rows are names of pictures called 1.png, too: an ending is worth more.
  return (fitting + looking) / sample.rows.length + byKey;
}

/** The header that has one of these keys; undefined where none or several have. */
export function columnOf(columns: readonly string[], keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = columns.find((column) => columnKey(column) === key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How many of the rows have a number in each of these columns, from 0 to 1. */
export function shareOfNumbers(
  columns: readonly string[],
  sample: RowSample,
  toNumber: (cell: string) => number,
) {
  const fitting = sample.rows.filter((row) =>
    columns.every((column) => Number.isFinite(toNumber(row.get(column) ?? ''))),
  );
  return sample.rows.length === 0 ? 0 : fitting.length / sample.rows.length;
}

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const LIST = new RegExp(String.raw`^\s*[[({]?\s*${NUMBER}(?:\s*[,;\s]\s*${NUMBER})+\s*[\])}]?\s*$`);

/** Columns whose cells hold several numbers, as "(0.1, 0.2, -0.9)" does, in most rows that have any. */
export function listColumns(columns: readonly string[], sample: RowSample): string[] {
  return columns.filter((column) => {
    const cells = sample.rows.map((row) => row.get(column)?.trim() ?? '').filter((cell) => cell !== '');
    return cells.length > 0 && cells.filter((cell) => LIST.test(cell)).length > cells.length / 2;
  });
}

/** The row with a column for each number of the lists: gaze → gaze.0, gaze.1 … */
export function withLists(
  values: ReadonlyMap<string, string>,
  lists: readonly string[],
): ReadonlyMap<string, string> {
  if (lists.length === 0) return values;
  const all = new Map(values);
  for (const column of lists) {
    const numbers = (values.get(column) ?? '').match(new RegExp(NUMBER, 'g')) ?? [];
    numbers.forEach((number, place) => all.set(`${column}.${place}`, number));
  }
  return all;
}
