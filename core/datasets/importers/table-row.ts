import { gazeFromAngles, gazeFromVector } from '../../contract/annotation.ts';
import type { Annotation, Gaze, Keypoint } from '../../contract/annotation.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import type { ImportNote } from './import-item.ts';
import type { TableMapping } from './table-mapping.ts';
import type { GazeMapping } from './table-options.ts';
import type { PointColumns } from './table-points.ts';

export type RowLabels =
  | { readonly annotations: readonly Annotation[]; readonly notes: readonly ImportNote[] }
  | { readonly reason: SkipReason; readonly message: string };

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
  // A category outside the chosen ones leaves the image out, whatever other labels it has.
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
