import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import { gazeFromAngles, gazeFromVector } from '../../contract/annotation.ts';
import type { Annotation, Gaze, Keypoint } from '../../contract/annotation.ts';
import { layoutOfNames } from '../../contract/keypoint-layouts.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import type { ImportNote } from './import-item.ts';
import { withNameOptions } from './label-files.ts';
import { columnKey, columnOf } from './table-columns.ts';
import { findPoints, type PointColumns } from './table-points.ts';

const column = z.string().min(1);
const flip = z.boolean().default(false);

const gazeMappingSchema = z.discriminatedUnion('kind', [
  /** A vector of any length; our frame has x right, y down, z away from the camera, so UnityEyes needs flipY. */
  z.strictObject({
    kind: z.literal('vector'),
    x: column,
    y: column,
    z: column,
    flipX: flip,
    flipY: flip,
    flipZ: flip,
  }),
  /** Ours: pitch > 0 looks up, yaw > 0 toward the left edge of the image. */
  z.strictObject({
    kind: z.literal('angles'),
    pitch: column,
    yaw: column,
    unit: z.enum(['degrees', 'radians']),
    flipPitch: flip,
    flipYaw: flip,
  }),
]);

/** Which columns are what. Without any label named, columns with usual names are taken. */
export const tableOptionsSchema = withNameOptions({
  /** Of a CSV file; found from the header where left out. */
  delimiter: z.string().length(1).optional(),
  /** utf-8, windows-1252, shift_jis …; found where left out. */
  encoding: z.string().min(1).optional(),
  /** The column with the names of images; found where left out. */
  imageColumn: column.optional(),
  /** Folder of the images, relative to the table's folder. */
  imageFolder: z.string().optional(),
  gaze: gazeMappingSchema.optional(),
  /** The column with the category. */
  category: column.optional(),
  /** The categories to read; all where left out. */
  categories: z.array(z.string().min(1)).min(1).optional(),
  /**
   * Columns <name>_x and <name>_y in pixels, and where they are there <name>_v (0, 1, 2) and <name>_z (mm). The names are
   * those given, else all that start with the prefix and have a number, else all that look like points.
   */
  keypoints: z
    .strictObject({
      prefix: z.string().optional(),
      names: z.array(z.string().min(1)).min(1).optional(),
      layout: z.string().min(1).optional(),
    })
    .optional(),
});

export type TableOptions = z.output<typeof tableOptionsSchema>;
type GazeMapping = NonNullable<TableOptions['gaze']>;

/** Which columns of a table hold which label. */
export interface TableMapping {
  readonly gaze: GazeMapping | undefined;
  readonly category: string | undefined;
  readonly points: readonly PointColumns[];
  /** Of the points; the column with it, or the layout itself. */
  readonly layoutColumn: string | undefined;
  readonly layout: string;
}

export type RowLabels =
  | { readonly annotations: readonly Annotation[]; readonly notes: readonly ImportNote[] }
  | { readonly reason: SkipReason; readonly message: string };

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

/** The label of a row; `values` holds every column. */
export function readRow(
  mapping: TableMapping,
  values: ReadonlyMap<string, string>,
  options: { readonly allowsDecimalComma: boolean; readonly categories: ReadonlySet<string> | undefined },
): RowLabels {
  const cells = readCells(values, options.allowsDecimalComma);
  const annotations: Annotation[] = [];
  const notes: ImportNote[] = [];
  const problems: BadCell[] = [];
  for (const read of readersOf(mapping, options.categories)) {
    try {
      const { annotation, note } = read(cells);
      annotations.push(annotation);
      if (note) notes.push(note);
    } catch (error) {
      if (!(error instanceof BadCell)) throw error;
      problems.push(error);
    }
  }
  const [problem] = problems;
  // A category that is not asked for leaves the image out, whatever else is known of it.
  const decisive = problems.find(({ reason }) => reason === 'unknown-category') ?? problem;
  if (problems.length > 0 && (annotations.length === 0 || decisive.reason === 'unknown-category')) {
    return { reason: decisive.reason, message: decisive.message };
  }
  if (problems.length > 0) notes.push({ about: 'label-incomplete', message: problem.message });
  return { annotations, notes };
}

interface ReadPart {
  readonly annotation: Annotation;
  readonly note?: ImportNote;
}

function readersOf(
  { gaze, category, points, layout, layoutColumn }: TableMapping,
  categories: ReadonlySet<string> | undefined,
): ((cells: Cells) => ReadPart)[] {
  return [
    ...(gaze ? [(cells: Cells): ReadPart => ({ annotation: readGaze(gaze, cells) })] : []),
    ...(category === undefined
      ? []
      : [(cells: Cells): ReadPart => ({ annotation: readCategory(category, categories, cells) })]),
    ...(points.length === 0
      ? []
      : [
          (cells: Cells): ReadPart => {
            const said = layoutColumn === undefined ? '' : cells.text(layoutColumn);
            return readPoints(points, said === '' ? layout : said, cells);
          },
        ]),
  ];
}

function readCategory(name: string, known: ReadonlySet<string> | undefined, cells: Cells): Annotation {
  const category = cells.text(name);
  if (category !== '' && known?.has(category) !== false) return { kind: 'category', name: category };
  const choice = known ? `, none of ${[...known].join(', ')}` : '';
  throw new BadCell('unknown-category', `The category is "${category}"${choice}.`);
}

/** Points without a number count as not labelled; a label needs one with. */
function readPoints(columns: readonly PointColumns[], layout: string, cells: Cells): ReadPart {
  const points = columns.map((one) => readPoint(one, cells));
  const missing = points.filter((point) => point === undefined).length;
  if (missing > 0 && missing === columns.length) {
    const [{ x }] = columns;
    throw new BadCell(
      'nan-label',
      `None of the ${columns.length} points has a number; ${x} is "${cells.text(x)}".`,
    );
  }
  const annotation: Annotation = {
    kind: 'keypoints',
    layout,
    points: points.map((point) => point ?? NOT_LABELLED),
  };
  if (missing === 0) return { annotation };
  const message = `${missing} of ${columns.length} points have no number and count as not labelled.`;
  return { annotation, note: { about: 'points-missing', message } };
}

const NOT_LABELLED: Keypoint = { x: 0, y: 0, visibility: 0 };

function readPoint({ x, y, v, z: depth }: PointColumns, cells: Cells): Keypoint | undefined {
  const visibility = v === undefined || cells.text(v) === '' ? 2 : cells.number(v);
  if (visibility !== 0 && visibility !== 1 && visibility !== 2) {
    throw new BadCell('bad-label', `${String(v)} is ${visibility}; a visibility is 0, 1 or 2.`);
  }
  if (visibility === 0) return NOT_LABELLED;
  if (cells.isMissing(x) || cells.isMissing(y)) return undefined;
  const point: Keypoint = { x: cells.number(x), y: cells.number(y), visibility };
  return depth === undefined || cells.isMissing(depth) ? point : { ...point, zMm: cells.number(depth) };
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

const unflipped = { flipX: false, flipY: false, flipZ: false };
const upright = { flipPitch: false, flipYaw: false };

const VECTOR_NAMES = [
  'gaze',
  'gazevec',
  'gazevector',
  'gazedirection',
  'gazedir',
  'look',
  'lookvec',
  'lookvector',
];
const ANGLE_PREFIXES = ['', 'gaze', 'eye', 'eyegaze', 'label', 'true', 'gt'];
/** As MPIIGaze has them: θ is the pitch, φ the yaw. */
const ANGLE_NAMES = [
  ['pitch', 'yaw'],
  ['theta', 'phi'],
  ['gazepitch', 'gazeyaw'],
  ['vertical', 'horizontal'],
] as const;
const UNITS = {
  rad: 'radians',
  radians: 'radians',
  deg: 'degrees',
  degrees: 'degrees',
  '': 'radians',
} as const;

/** A vector, or two angles, in columns with usual names. */
function guessGaze(columns: readonly string[]): GazeMapping | undefined {
  for (const name of VECTOR_NAMES) {
    for (const axes of [
      ['x', 'y', 'z'],
      ['0', '1', '2'],
    ] as const) {
      const [x, y, z3] = axes.map((axis) => columnOf(columns, [`${name}${axis}`]));
      if (x !== undefined && y !== undefined && z3 !== undefined) {
        return { kind: 'vector', x, y, z: z3, ...unflipped };
      }
    }
  }
  for (const [suffix, unit] of Object.entries(UNITS)) {
    for (const [pitchName, yawName] of ANGLE_NAMES) {
      for (const prefix of ANGLE_PREFIXES) {
        const pitch = columnOf(columns, [`${prefix}${pitchName}${suffix}`]);
        const yaw = columnOf(columns, [`${prefix}${yawName}${suffix}`]);
        if (pitch !== undefined && yaw !== undefined) return { kind: 'angles', pitch, yaw, unit, ...upright };
      }
    }
  }
  for (const name of VECTOR_NAMES) {
    const [pitch, yaw] = ['0', '1'].map((axis) => columnOf(columns, [`${name}${axis}`]));
    if (pitch !== undefined && yaw !== undefined) {
      return { kind: 'angles', pitch, yaw, unit: 'radians', ...upright };
    }
  }
  return undefined;
}

function gazeColumns(gaze: GazeMapping): string[] {
  return gaze.kind === 'vector' ? [gaze.x, gaze.y, gaze.z] : [gaze.pitch, gaze.yaw];
}

interface Cells {
  text(name: string): string;
  number(name: string): number;
  /** Empty, or written as no number: a point that is hidden. */
  isMissing(name: string): boolean;
}

function readCells(values: ReadonlyMap<string, string>, allowsDecimalComma: boolean): Cells {
  const text = (name: string): string => values.get(name)?.trim() ?? '';
  return {
    text,
    isMissing: (name) => MISSING.test(text(name)),
    number(name) {
      const cell = text(name);
      const value = cell === '' ? Number.NaN : Number(allowsDecimalComma ? cell.replace(',', '.') : cell);
      if (!Number.isFinite(value))
        throw new BadCell('nan-label', `${name} is "${cell}", which is no number.`);
      return value;
    },
  };
}

/** How programs write that there is no number. */
const MISSING = /^(?:|nan|na|n\/a|null|none|-|inf|-inf|infinity|-infinity)$/i;

class BadCell extends Error {
  readonly reason: SkipReason;

  constructor(reason: SkipReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

function readGaze(mapping: GazeMapping, cells: Cells): Gaze {
  const value = (name: string, isFlipped: boolean) => cells.number(name) * (isFlipped ? -1 : 1);
  if (mapping.kind === 'angles') {
    const unit = mapping.unit === 'degrees' ? Math.PI / 180 : 1;
    const pitchRad = value(mapping.pitch, mapping.flipPitch) * unit;
    const yawRad = value(mapping.yaw, mapping.flipYaw) * unit;
    return gazeFromAngles(pitchRad, yawRad);
  }
  const x = value(mapping.x, mapping.flipX);
  const y = value(mapping.y, mapping.flipY);
  const z = value(mapping.z, mapping.flipZ);
  if (x === 0 && y === 0 && z === 0) throw new BadCell('bad-label', 'The gaze vector is zero.');
  return gazeFromVector(x, y, z);
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
