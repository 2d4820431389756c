import { folderOf, joinPath } from './folder.ts';
import { defineLabelFiles, nothingShared, type LabelFile, type NotThisFormat } from './label-files.ts';
import type { LabelDocument } from './label-document.ts';
import type { PictureNames } from './picture-names.ts';
import {
  findImageColumn,
  listColumns,
  sampleRows,
  shareOfNumbers,
  withLists,
  type RowSample,
} from './table-columns.ts';
import { openTable, type Table } from './table-file.ts';
import { mapColumns, mappedColumns, mappingWords, type TableMapping } from './table-mapping.ts';
import { tableOptionsSchema, type TableOptions } from './table-options.ts';
import { readRow } from './table-row.ts';

/** CSV, JSON lines or JSON with one row per picture and a mapping of its columns. */
export const table = defineLabelFiles({
  id: 'table',
  title: 'Table (CSV, JSON lines, JSON)',
  describes:
    'Tables with one row per image: its name, and gaze (vector or angles), category or keypoints in columns.',
  roles: ['synthetic', 'real'],
  optionsSchema: tableOptionsSchema,
  certainty: 0.9,
  mayBe: (path) => /\.(?:csv|tsv|tab|jsonl|ndjson|json|txt)$/i.test(path),
  share: nothingShared,
  open: (document, options, { survey }) => open(document, options, survey.names),
});

async function open(
  document: LabelDocument,
  options: TableOptions,
  names: PictureNames,
): Promise<LabelFile | NotThisFormat> {
  const opened = await openTable(document, options, names.words);
  const sample = await sampleRows(opened.rows());
  const lists = listColumns(opened.columns, sample);
  const judged = { ...sample, rows: sample.rows.map((row) => withLists(row, lists)) };
  const columns = [...new Set([...opened.columns, ...judged.rows.flatMap((row) => [...row.keys()])])];
  const folder = joinPath(folderOf(document.path), options.imageFolder ?? '');
  const imageColumn = options.imageColumn ?? findImageColumn(opened.columns, judged, names, folder);
  if (imageColumn === undefined)
    return { refused: `has no column that names images (${shortList(columns)})` };
  if (!columns.includes(imageColumn)) {
    return { refused: `has no column “${imageColumn}” (it has ${shortList(columns)})` };
  }
  const mapping = mapColumns(options, columns, { imageColumn, tableName: document.path });
  return {
    what: wordsOf(opened, imageColumn, mapping, judged),
    labels: () => labelsOf(opened, { document, options, imageColumn, mapping, lists }),
  };
}

interface Mapped {
  readonly document: LabelDocument;
  readonly options: TableOptions;
  readonly imageColumn: string;
  readonly mapping: TableMapping;
  readonly lists: readonly string[];
}

async function* labelsOf(opened: Table, { document, options, imageColumn, mapping, lists }: Mapped) {
  const categories = options.categories && new Set(options.categories);
  for await (const row of opened.rows()) {
    const { line } = row;
    if (!('values' in row)) {
      yield { names: [], line, reason: 'bad-label', message: row.problem } as const;
      continue;
    }
    const written = row.values.get(imageColumn)?.trim() ?? '';
    if (written === '') {
      yield { names: [], line, reason: 'label-without-image', message: 'Names no image.' } as const;
      continue;
    }
    const names =
      options.imageFolder === undefined ? [written] : namesIn(document, options.imageFolder, written);
    const { allowsDecimalComma } = opened;
    const labels = readRow(mapping, withLists(row.values, lists), { allowsDecimalComma, categories });
    yield { names, line, source: Object.fromEntries(row.values), ...labels };
  }
}

/** With the folder that was named, and without it. */
const namesIn = (document: LabelDocument, imageFolder: string, written: string): string[] => [
  joinPath(joinPath(folderOf(document.path), imageFolder), written),
  joinPath(imageFolder, written),
];

function wordsOf(opened: Table, imageColumn: string, mapping: TableMapping, sample: RowSample): string {
  const read = new Set([imageColumn, ...mappedColumns(mapping)]);
  const labels = mappingWords(mapping);
  const unread = opened.columns.filter(
    (column) => !read.has(column) && ![...read].some((one) => one.startsWith(`${column}.`)),
  );
  const numbers = [...(mapping.gaze ? mappedColumns({ ...mapping, category: undefined, points: [] }) : [])];
  const toNumber = (cell: string): number =>
    cell.trim() === '' ? Number.NaN : Number(opened.allowsDecimalComma ? cell.replace(',', '.') : cell);
  const share = numbers.length === 0 ? 1 : shareOfNumbers(numbers, sample, toNumber);
  return [
    `image names from “${imageColumn}”`,
    ...(labels.length > 0 ? labels : ['no column holds a label that is known']),
    ...(share < 1 ? [`${Math.floor(share * 100)} % of ${sample.rows.length} rows looked at fit`] : []),
    ...(unread.length > 0 ? [`not read: ${shortList(unread)}`] : []),
    ...(opened.how === '' ? [] : [opened.how]),
  ].join(', ');
}

const MOST_NAMED = 12;

const shortList = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? ' …' : '');
