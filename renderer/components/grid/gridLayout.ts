/** How many images fit into a row, and where rows are. All in CSS pixels. */
export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  readonly tilePx: number;
  /** From the top of one row to the top of the next. */
  readonly pitchPx: number;
  readonly heightPx: number;
}

export const GAP_PX = 4;
/** Of a window that is too narrow for one tile. */
const LEAST_PITCH_PX = 32;

/** Tiles are as wide as asked for or a little wider, so that rows are full. */
export function gridLayout(count: number, widthPx: number, tilePx: number): GridLayout {
  const columns = Math.max(1, Math.floor((widthPx - GAP_PX) / (tilePx + GAP_PX)));
  const pitchPx = Math.max(LEAST_PITCH_PX, Math.floor((widthPx - GAP_PX) / columns));
  const rows = Math.ceil(count / columns);
  return { columns, rows, tilePx: pitchPx - GAP_PX, pitchPx, heightPx: rows * pitchPx + GAP_PX };
}

/** The rows that are seen from a place on, and some beyond. Both ends included; empty where there are none. */
export function rowsSeen(
  { rows, pitchPx }: GridLayout,
  topPx: number,
  viewPx: number,
  beyond: number,
): readonly [number, number] {
  const first = Math.max(0, Math.floor(topPx / pitchPx) - beyond);
  const last = Math.min(rows - 1, Math.floor((topPx + viewPx) / pitchPx) + beyond);
  return [first, last];
}

/** Where to scroll to for a row to be whole in view; the same place where it is. */
export function scrolledToRow({ pitchPx }: GridLayout, row: number, topPx: number, viewPx: number): number {
  const rowTop = row * pitchPx;
  const rowEnd = rowTop + pitchPx + GAP_PX;
  if (rowTop < topPx) return rowTop;
  if (rowEnd > topPx + viewPx) return Math.max(0, rowEnd - viewPx);
  return topPx;
}

/** Where keys go from a place; undefined for other keys. */
export function placeAfterKey(
  key: string,
  place: number,
  count: number,
  { columns, pitchPx }: GridLayout,
  viewPx: number,
): number | undefined {
  const page = Math.max(1, Math.floor(viewPx / pitchPx)) * columns;
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: place - 1,
    ArrowRight: place + 1,
    ArrowUp: place - columns < 0 ? place : place - columns,
    ArrowDown: place + columns >= count ? lastBelow(place, count, columns) : place + columns,
    PageUp: Math.max(place % columns, place - page),
    PageDown: place + page,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined ? undefined : Math.max(0, Math.min(count - 1, target));
}

/** Places below a rubber band, as ranges of each row. Corners in pixels from the top left of the whole list. */
export function placesInBand(
  { columns, pitchPx, rows }: GridLayout,
  count: number,
  band: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
): readonly (readonly [number, number])[] {
  const first = Math.max(0, Math.floor((band.left - GAP_PX) / pitchPx));
  const last = Math.min(columns - 1, Math.floor((band.right - GAP_PX) / pitchPx));
  const firstRow = Math.max(0, Math.floor((band.top - GAP_PX) / pitchPx));
  const lastRow = Math.min(rows - 1, Math.floor((band.bottom - GAP_PX) / pitchPx));
  if (first > last || firstRow > lastRow) return [];
  if (first === 0 && last === columns - 1) {
    return [[firstRow * columns, Math.min(count - 1, lastRow * columns + last)]];
  }
  return Array.from({ length: lastRow - firstRow + 1 }, (_, offset) => {
    const start = (firstRow + offset) * columns;
    return [start + first, Math.min(count - 1, start + last)] as const;
  }).filter(([from, to]) => from <= to);
}

/** From the last row but one, down goes to the end of a shorter last row. */
function lastBelow(place: number, count: number, columns: number): number {
  const isLastRow = Math.floor(place / columns) === Math.floor((count - 1) / columns);
  return isLastRow ? place : count - 1;
}
