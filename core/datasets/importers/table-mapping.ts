import { StudioError } from '../../base/studio-error.ts';
import { layoutOfNames } from '../../contract/keypoint-layouts.ts';
import { columnKey, columnOf } from './table-columns.ts';
import { gazeColumns, guessGaze } from './table-gaze.ts';
import type { GazeMapping, TableOptions } from './table-options.ts';
import { findPoints, type PointColumns } from './table-points.ts';

/** Which columns of a table hold which label. */
export interface TableMapping {
  readonly gaze: GazeMapping | undefined;
  readonly category: string | undefined;
  readonly points: readonly PointColumns[];
  /** Of the points; the column with it, or the layout itself. */
  readonly layoutColumn: string | undefined;
  readonly layout: string;
}

/**
 * Fits options to the columns of a table; where they name no label, columns with usual names are taken.
 * @throws StudioError 'bad-input' that names the columns that are missing and those that are there
 */
export function mapColumns(
  options: TableOptions,
  all: readonly string[],
  { imageColumn, tableName }: { readonly imageColumn: string; readonly tableName: string },
): TableMapping {
  const columns = all.filter((name) => name !== imageColumn);
  const areNamed = (options.gaze ?? options.category ?? options.keypoints) !== undefined;
  const gaze = areNamed ? options.gaze : guessGaze(columns);
  const category = areNamed ? options.category : columnOf(columns, CATEGORY_KEYS);
  const points = pointsOf(options, columns, areNamed);
  const needed = [
    ...(gaze ? gazeColumns(gaze) : []),
    ...(category === undefined ? [] : [category]),
    ...points.flatMap(({ x, y }) => [x, y]),
  ];
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw wrongColumns(tableName, missing.map((name) => `"${name}"`).join(', '), all);
  }
  return {
    gaze,
    category,
    points,
    layoutColumn: columnOf(columns, ['keypointlayout']),
    layout:
      options.keypoints?.layout ?? layoutOfNames(points.map(({ name }) => name)) ?? `points-${points.length}`,
  };
}

const CATEGORY_KEYS = [
  ...['category', 'categoryname', 'class', 'classname', 'label', 'labelname', 'target'],
  ...['expression', 'emotion', 'state', 'gesture'],
];

/** Every column that a mapping reads. */
export const mappedColumns = ({ gaze, category, points, layoutColumn }: TableMapping): string[] => [
  ...(gaze ? gazeColumns(gaze) : []),
  ...[category, layoutColumn].filter((name) => name !== undefined),
  ...points.flatMap(({ x, y, v, z: depth }) => [x, y, v, depth].filter((name) => name !== undefined)),
];

/** What the mapping takes for which label, in words. */
export function mappingWords({ gaze, category, points }: TableMapping): string[] {
  const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');
  const unit = gaze?.kind === 'angles' ? ` (pitch and yaw in ${gaze.unit})` : '';
  return [
    ...(gaze ? [`gaze from ${quoted(gazeColumns(gaze))}${unit}`] : []),
    ...(category === undefined ? [] : [`category from ${quoted([category])}`]),
    ...(points.length === 0 ? [] : [`${points.length} points from ${quoted([points[0].x, points[0].y])} …`]),
  ];
}

function pointsOf(
  { keypoints }: TableOptions,
  columns: readonly string[],
  areNamed: boolean,
): readonly PointColumns[] {
  if (areNamed && !keypoints) return [];
  if (keypoints?.names) {
    return keypoints.names.map((name) => pointNamed(name, columns));
  }
  if (keypoints?.prefix !== undefined) {
    const numbers = keypointNumbers(keypoints.prefix, columns);
    return (numbers.length > 0 ? numbers : [0]).map((number) =>
      pointNamed(`${String(keypoints.prefix)}${number}`, columns),
    );
  }
  const found = findPoints(columns);
  // Asked for without a name, they have to be there.
  return areNamed && found.length === 0 ? [pointNamed('k0', columns)] : found;
}

function pointNamed(name: string, columns: readonly string[]): PointColumns {
  const optional = (suffix: string): string | undefined =>
    columns.find((column) => columnKey(column) === columnKey(`${name}${suffix}`));
  const v = optional('_v');
  const depth = optional('_z') ?? optional('_zmm');
  return {
    name,
    x: optional('_x') ?? `${name}_x`,
    y: optional('_y') ?? `${name}_y`,
    ...(v === undefined ? {} : { v }),
    ...(depth === undefined ? {} : { z: depth }),
  };
}

/** The N of all columns <prefix>N_x, in order; gaps and any first number are fine. */
function keypointNumbers(prefix: string, columns: readonly string[]): number[] {
  return columns
    .filter((name) => name.startsWith(prefix) && /^\d+_x$/.test(name.slice(prefix.length)))
    .map((name) => Number.parseInt(name.slice(prefix.length), 10))
    .sort((left, right) => left - right);
}

function wrongColumns(tableName: string, missing: string, columns: readonly string[]): StudioError {
  return new StudioError(
    'bad-input',
    `${tableName} lacks these columns: ${missing}. It has ${columns.join(', ')}.`,
    {
      remedy: 'Name the columns of this table in the options of the import.',
      details: { path: tableName },
    },
  );
}
