import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import { gazeFromAngles, gazeFromVector } from '../../contract/annotation.ts';
import type { Annotation, Gaze, Keypoint } from '../../contract/annotation.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';

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
export const tableOptionsSchema = z.strictObject({
  /** The table, relative to the folder; needed where there are several. */
  table: z.string().min(1).optional(),
  /** Of a CSV file; guessed from the header where left out. */
  delimiter: z.string().length(1).optional(),
  /** The column with paths of images, relative to the table's folder; guessed where left out. */
  imageColumn: column.optional(),
  /** Folder of the images, relative to the table's folder. */
  imageFolder: z.string().optional(),
  gaze: gazeMappingSchema.optional(),
  /** The column with the category. */
  category: column.optional(),
  /** The categories to read; all where left out. */
  categories: z.array(z.string().min(1)).min(1).optional(),
  /** Columns <prefix>N_x and <prefix>N_y in pixels, and where they are there <prefix>N_v (0, 1, 2) and <prefix>N_z (mm). */
  keypoints: z
    .strictObject({ prefix: z.string().default('k'), layout: z.string().min(1).optional() })
    .optional(),
});

export type TableOptions = z.output<typeof tableOptionsSchema>;

/** A mapping that fits the columns of a table. */
export interface TableMapping {
  readonly imageColumn: string;
  /** The label of a row: `values` holds every column. */
  readLabels(values: ReadonlyMap<string, string>, allowsDecimalComma: boolean): RowLabels;
}

type RowLabels =
  { readonly annotations: Annotation[] } | { readonly reason: SkipReason; readonly message: string };

const IMAGE_COLUMNS = ['file_name', 'filename', 'file', 'image', 'image_path', 'path'];

/** The column that usually holds the paths of images. */
export function guessImageColumn(columns: readonly string[]): string | undefined {
  return IMAGE_COLUMNS.find((name) => columns.includes(name));
}

/**
 * Fits options to the columns of a table.
 * @throws StudioError 'bad-input' that names the columns that are missing and those that are there
 */
export function mapTable(options: TableOptions, columns: readonly string[], tableName: string): TableMapping {
  const imageColumn = options.imageColumn ?? guessImageColumn(columns);
  if (imageColumn === undefined) {
    throw wrongColumns(tableName, `one with the paths of the images (${IMAGE_COLUMNS.join(', ')})`, columns);
  }
  const { gaze, category, keypoints } = labelsToRead(options, columns);
  const numbers = keypoints && keypointNumbers(keypoints.prefix, columns);
  const needed = [
    imageColumn,
    ...(gaze ? gazeColumns(gaze) : []),
    ...(category === undefined ? [] : [category]),
    ...(keypoints && numbers ? keypointColumns(keypoints.prefix, numbers) : []),
  ];
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw wrongColumns(tableName, missing.map((name) => `"${name}"`).join(', '), columns);
  const known = options.categories && new Set(options.categories);

  return {
    imageColumn,
    readLabels(values, allowsDecimalComma) {
      const cells = readCells(values, allowsDecimalComma);
      const annotations: Annotation[] = [];
      try {
        if (gaze) annotations.push(readGaze(gaze, cells));
        if (category !== undefined) {
          const name = cells.text(category);
          if (name === '' || known?.has(name) === false) {
            const choice = known ? `, none of ${[...known].join(', ')}` : '';
            return { reason: 'unknown-category', message: `The category is "${name}"${choice}.` };
          }
          annotations.push({ kind: 'category', name });
        }
        if (keypoints && numbers) {
          const points = numbers.map((number) => readKeypoint(`${keypoints.prefix}${number}`, cells));
          annotations.push({
            kind: 'keypoints',
            layout: keypoints.layout ?? `points-${points.length}`,
            points,
          });
        }
      } catch (error) {
        if (error instanceof BadCell) return { reason: error.reason, message: error.message };
        throw error;
      }
      return { annotations };
    },
  };
}

function labelsToRead(
  options: TableOptions,
  columns: readonly string[],
): Pick<TableOptions, 'gaze' | 'category' | 'keypoints'> {
  if (options.gaze ?? options.category ?? options.keypoints) return options;
  const gaze = USUAL_GAZE.find((mapping) => gazeColumns(mapping).every((name) => columns.includes(name)));
  const category = ['category', 'label'].find((name) => columns.includes(name));
  const keypoints = keypointNumbers('k', columns).length > 0 ? { prefix: 'k' } : undefined;
  return { gaze, category, keypoints };
}

const unflipped = { flipX: false, flipY: false, flipZ: false };
const upright = { flipPitch: false, flipYaw: false };

const USUAL_GAZE: readonly NonNullable<TableOptions['gaze']>[] = [
  { kind: 'vector', x: 'gaze_x', y: 'gaze_y', z: 'gaze_z', ...unflipped },
  { kind: 'vector', x: 'gaze.0', y: 'gaze.1', z: 'gaze.2', ...unflipped },
  { kind: 'angles', pitch: 'pitch_rad', yaw: 'yaw_rad', unit: 'radians', ...upright },
  { kind: 'angles', pitch: 'pitch_deg', yaw: 'yaw_deg', unit: 'degrees', ...upright },
  { kind: 'angles', pitch: 'pitch', yaw: 'yaw', unit: 'radians', ...upright },
];

function gazeColumns(gaze: NonNullable<TableOptions['gaze']>): string[] {
  return gaze.kind === 'vector' ? [gaze.x, gaze.y, gaze.z] : [gaze.pitch, gaze.yaw];
}

/** The N of all columns <prefix>N_x, in order; gaps and any first number are fine. */
function keypointNumbers(prefix: string, columns: readonly string[]): number[] {
  return columns
    .filter((name) => name.startsWith(prefix) && /^\d+_x$/.test(name.slice(prefix.length)))
    .map((name) => Number.parseInt(name.slice(prefix.length), 10))
    .sort((left, right) => left - right);
}

function keypointColumns(prefix: string, numbers: readonly number[]): string[] {
  if (numbers.length === 0) return [`${prefix}0_x`, `${prefix}0_y`];
  return numbers.flatMap((number) => [`${prefix}${number}_x`, `${prefix}${number}_y`]);
}

interface Cells {
  text(name: string): string;
  number(name: string): number;
  has(name: string): boolean;
}

function readCells(values: ReadonlyMap<string, string>, allowsDecimalComma: boolean): Cells {
  const text = (name: string): string => values.get(name)?.trim() ?? '';
  return {
    text,
    has: (name) => values.has(name),
    number(name) {
      const cell = text(name);
      const value = cell === '' ? Number.NaN : Number(allowsDecimalComma ? cell.replace(',', '.') : cell);
      if (!Number.isFinite(value))
        throw new BadCell('nan-label', `${name} is "${cell}", which is no number.`);
      return value;
    },
  };
}

class BadCell extends Error {
  readonly reason: SkipReason;

  constructor(reason: SkipReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

function readGaze(mapping: NonNullable<TableOptions['gaze']>, cells: Cells): Gaze {
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

function readKeypoint(name: string, cells: Cells): Keypoint {
  const visibility = cells.has(`${name}_v`) ? cells.number(`${name}_v`) : 2;
  if (visibility !== 0 && visibility !== 1 && visibility !== 2) {
    throw new BadCell('bad-label', `${name}_v is ${visibility}; a visibility is 0, 1 or 2.`);
  }
  if (visibility === 0) return { x: 0, y: 0, visibility };
  const point: Keypoint = { x: cells.number(`${name}_x`), y: cells.number(`${name}_y`), visibility };
  const depth = cells.text(`${name}_z`);
  return depth === '' ? point : { ...point, zMm: cells.number(`${name}_z`) };
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
