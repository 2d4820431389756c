import type { OutputOf } from '../../../core/contract/contract.ts';

export type PatchMap = OutputOf<'inspect.patchMap'>;

export interface PatchCell {
  readonly column: number;
  readonly row: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a cell is drawn, in pixels of the picture: as large as the step between neighbours, around what it sees. */
export function cellBox(map: PatchMap, { column, row }: PatchCell): Box {
  const side = map.strideCellPx;
  return {
    x: map.firstCentrePx + (column - 0.5) * side,
    y: map.firstCentreYPx + (row - 0.5) * side,
    width: side,
    height: side,
  };
}

/** What a cell sees, in pixels of the picture; it may reach beyond its border. */
export function fieldOf(map: PatchMap, { column, row }: PatchCell): Box {
  const side = map.receptiveFieldPx;
  return {
    x: map.firstCentrePx + column * map.strideCellPx - side / 2,
    y: map.firstCentreYPx + row * map.strideCellPx - side / 2,
    width: side,
    height: side,
  };
}

/** The cell whose centre is nearest to a place in the picture. */
export function cellAt(map: PatchMap, x: number, y: number): PatchCell {
  const along = (place: number, first: number, cells: number): number =>
    Math.max(0, Math.min(cells - 1, Math.round((place - first) / map.strideCellPx)));
  return {
    column: along(x, map.firstCentrePx, map.widthCells),
    row: along(y, map.firstCentreYPx, map.heightCells),
  };
}

export const probabilityOf = (map: PatchMap, { column, row }: PatchCell): number =>
  map.probabilities[row]?.[column] ?? 0;

/** All cells, those that are most surely refined first. */
export function hottestFirst(map: PatchMap): readonly PatchCell[] {
  return map.probabilities
    .flatMap((line, row) => line.map((probability, column) => ({ column, row, probability })))
    .sort((left, right) => right.probability - left.probability)
    .map(({ column, row }) => ({ column, row }));
}

/** Share of patches that are taken for real. */
export function foolsShare(map: PatchMap): number {
  const all = map.probabilities.flat();
  return all.filter((probability) => probability < 0.5).length / Math.max(1, all.length);
}

/** Where an arrow key leads from a cell; undefined for other keys. */
export function cellAfterKey(key: string, { column, row }: PatchCell, map: PatchMap): PatchCell | undefined {
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
    Home: [-map.widthCells, 0],
    End: [map.widthCells, 0],
  };
  const move = moves[key];
  if (!move) return undefined;
  return {
    column: Math.max(0, Math.min(map.widthCells - 1, column + move[0])),
    row: Math.max(0, Math.min(map.heightCells - 1, row + move[1])),
  };
}
