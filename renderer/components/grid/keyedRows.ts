/** A row and the element that it is drawn in. */
export interface KeyedRow {
  readonly row: number;
  readonly key: number;
}

/**
 * Which element each row is drawn in: rows that stay keep theirs, new ones get those of rows that are gone. Changing an
 * element takes a fraction of making one, which is what scrolling fast consists of. Elements do not change over from one
 * side of the focused row to the other: so it is never the one that is moved, which would take the focus from it.
 *
 * @param rows ascending, as are those before
 */
export function keyedRows(
  rows: readonly number[],
  focused: number,
  before: readonly KeyedRow[] = [],
): readonly KeyedRow[] {
  const known = new Map(before.map(({ row, key }) => [row, key]));
  const stay = new Set(rows);
  const gone = before.filter(({ row }) => !stay.has(row));
  const above = gone.filter(({ row }) => row < focused).map(({ key }) => key);
  const below = gone.filter(({ row }) => row >= focused).map(({ key }) => key);
  let next = Math.max(-1, ...before.map(({ key }) => key)) + 1;
  return rows.map((row) => ({
    row,
    key: known.get(row) ?? (row < focused ? above : below).shift() ?? next++,
  }));
}
