import { parse } from 'csv-parse/sync';
import { messageOf } from '../../base/studio-error.ts';
import type { Keypoints } from '../../contract/annotation.ts';
import {
  defineLabelFiles,
  nothingShared,
  withNameOptions,
  type LabelFile,
  type NamedLabel,
  type NotThisFormat,
} from './label-files.ts';
import type { LabelDocument } from './label-document.ts';
import { hasLabel, orderOfNames, pointOf, pointsInOrder } from './named-points.ts';

/**
 * DeepLabCut (CollectedData_<scorer>.csv): header lines for scorer, maybe individuals, body parts and coordinates; the
 * image's path in one column or in three. An empty cell is a point that is not labelled.
 */
export const deepLabCut = defineLabelFiles({
  id: 'deeplabcut',
  title: 'DeepLabCut',
  describes: 'CollectedData_*.csv with the lines scorer, bodyparts and coords above its rows.',
  roles: ['synthetic', 'real'],
  optionsSchema: withNameOptions({}),
  certainty: 0.97,
  mayBe: (path) => /\.csv$/i.test(path),
  share: nothingShared,
  open,
});

interface Body {
  readonly names: readonly string[];
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
  /** Columns before the first coordinate. */
  readonly pathColumns: number;
}

async function open(document: LabelDocument): Promise<LabelFile | NotThisFormat> {
  if (!/^\uFEFF?scorer[,;]/.test(await document.head()))
    return { refused: 'has no line "scorer" above its rows' };
  const body = readBody(await document.text());
  if ('refused' in body) return body;
  return {
    what: `points ${[...new Set(body.names)].join(', ')}`,
    labels: () => body.rows.map(({ line, cells }) => labelOf(body, line, cells)),
  };
}

function readBody(text: string): Body | NotThisFormat {
  let lines: string[][];
  try {
    lines = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    return { refused: `is malformed (${messageOf(error)})` };
  }
  const headerOf = (name: string): string[] | undefined => lines.find(([first]) => first === name);
  const parts = headerOf('bodyparts');
  const coordinates = headerOf('coords');
  if (!parts || !coordinates) return { refused: 'has no lines "bodyparts" and "coords"' };
  const individuals = headerOf('individuals');
  const start = lines.indexOf(coordinates) + 1;
  const pathColumns = coordinates.findIndex((cell) => cell === 'x');
  if (pathColumns < 1) return { refused: 'has no column "x" in its line "coords"' };
  const names: string[] = [];
  for (let column = pathColumns; column < parts.length; column++) {
    if (coordinates[column] !== 'x') continue;
    const individual = individuals?.[column];
    names.push(
      individual === undefined || individual === 'single' ? parts[column] : `${individual} ${parts[column]}`,
    );
  }
  const rows = lines.slice(start).map((cells, place) => ({ line: start + place + 1, cells }));
  return { names, rows, pathColumns };
}

function labelOf({ names, pathColumns }: Body, line: number, cells: readonly string[]): NamedLabel {
  const path = cells
    .slice(0, pathColumns)
    .filter((cell) => cell !== '')
    .join('/');
  const step = 2;
  const values = cells.slice(pathColumns).map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  const points = names.map((name, place) => {
    const [x = Number.NaN, y = Number.NaN] = values.slice(place * step, place * step + step);
    return [name, pointOf(x, y, 2)] as const;
  });
  const keypoints: Keypoints = inFileOrder(names, new Map(points));
  return { names: [path], line, annotations: hasLabel(keypoints) ? [keypoints] : [] };
}

/** The order of the columns, unless it is that of a known layout. */
function inFileOrder(names: readonly string[], points: Parameters<typeof pointsInOrder>[1]): Keypoints {
  const known = orderOfNames(names);
  const isKnown = !known.layout.startsWith('points-');
  return pointsInOrder(isKnown ? known : { layout: known.layout, names }, points);
}
