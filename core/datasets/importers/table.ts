import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { StudioError } from '../../base/studio-error.ts';
import { isPicture, joinPath, listFolder, walkFolder } from './folder.ts';
import type { ImportItem } from './import-item.ts';
import { defineImporter } from './importer.ts';
import { openTable } from './table-file.ts';
import type { TableRow } from './table-file.ts';
import { guessImageColumn, mapTable, tableOptionsSchema } from './table-mapping.ts';
import type { TableMapping } from './table-mapping.ts';

const TABLE = /\.(?:csv|tsv|jsonl|ndjson)$/i;

/** A CSV or JSON-lines table with one line per picture and a mapping of its columns. */
export const table = defineImporter({
  id: 'table',
  title: 'Table (CSV or JSON lines)',
  describes:
    'A table with one line per image: its path, and gaze (vector or angles), category or keypoints in columns.',
  roles: ['synthetic', 'real'],
  optionsSchema: tableOptionsSchema,
  async detect(root, { paths }) {
    const tables = tablesAtTop(paths);
    if (tables.length === 0) return { confidence: 0, why: 'There is no CSV or JSON-lines file at the top.' };
    if (tables.length > 1) return { confidence: 0.2, why: `There are several tables: ${tables.join(', ')}.` };
    const { columns, rows } = await openTable(join(root, tables[0]), tables[0]);
    const imageColumn = guessImageColumn(columns);
    if (imageColumn === undefined) {
      return { confidence: 0.1, why: `${tables[0]} has no column with a usual name for paths of images.` };
    }
    for await (const row of rows()) {
      if (!('values' in row)) continue;
      const path = safePath('', row.values.get(imageColumn) ?? '');
      if (path !== undefined && (await isFile(join(root, path)))) {
        return {
          confidence: 0.9,
          why: `${tables[0]} lists images of this folder in its column ${imageColumn}.`,
        };
      }
      break;
    }
    return { confidence: 0.2, why: `${tables[0]} does not list images of this folder.` };
  },
  async *read(root, options, signal) {
    const tablePath = options.table ?? (await onlyTable(root, signal));
    if (!(await isFile(join(root, tablePath)))) throw noTable(root, `${tablePath} is not there`, 'not-found');
    const opened = await openTable(join(root, tablePath), tablePath, options.delimiter);
    const mapping = mapTable(options, opened.columns, tablePath);
    const folder = joinPath(tablePath.split('/').slice(0, -1).join('/'), options.imageFolder ?? '');
    const seen = new Set<string>();
    for await (const row of opened.rows()) {
      signal.throwIfAborted();
      yield await readRow(
        { root, tablePath, folder, mapping, seen, allowsDecimalComma: opened.allowsDecimalComma },
        row,
      );
    }
    yield* unlisted(root, seen, tablePath, signal);
  },
});

interface Reading {
  readonly root: string;
  readonly tablePath: string;
  /** Where paths of the table start, relative to the root. */
  readonly folder: string;
  readonly mapping: TableMapping;
  readonly allowsDecimalComma: boolean;
  /** Pictures that a line named so far. */
  readonly seen: Set<string>;
}

async function readRow(reading: Reading, row: TableRow): Promise<ImportItem> {
  const { root, tablePath, folder, mapping, seen } = reading;
  const at = { kind: 'skipped', path: tablePath, line: row.line } as const;
  if (!('values' in row)) return { ...at, reason: 'bad-label', message: row.problem };
  const written = row.values.get(mapping.imageColumn)?.trim() ?? '';
  if (written === '') return { ...at, reason: 'label-without-image', message: 'Names no image.' };
  const path = safePath(folder, written);
  if (path === undefined) {
    return { ...at, reason: 'outside-folder', message: `${written} leads out of the folder.` };
  }
  if (seen.has(path)) return { ...at, reason: 'duplicate-label', message: `${path} has a label already.` };
  seen.add(path);
  if (!(await isFile(join(root, path)))) {
    return { ...at, reason: 'label-without-image', message: `${path} is not there.` };
  }
  const labels = mapping.readLabels(row.values, reading.allowsDecimalComma);
  if ('reason' in labels) return { ...at, reason: labels.reason, message: `${path}: ${labels.message}` };
  return { kind: 'image', path, annotations: labels.annotations, source: Object.fromEntries(row.values) };
}

async function* unlisted(
  root: string,
  seen: ReadonlySet<string>,
  tablePath: string,
  signal: AbortSignal,
): AsyncGenerator<ImportItem> {
  for await (const { folder, files, problems } of walkFolder(root, signal)) {
    yield* problems;
    for (const path of files.filter(isPicture).map((file) => joinPath(folder, file))) {
      signal.throwIfAborted();
      if (!seen.has(path)) {
        yield {
          kind: 'skipped',
          path,
          reason: 'image-without-label',
          message: `Is not listed in ${tablePath}.`,
        };
      }
    }
  }
}

/** With '/', below the folder; undefined for a path that leads out of it. */
function safePath(folder: string, written: string): string | undefined {
  const path = posix.normalize(written.replaceAll('\\', '/'));
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return undefined;
  const joined = posix.join(folder, path);
  return joined === '..' || joined.startsWith('../') ? undefined : joined;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function tablesAtTop(paths: readonly string[]): string[] {
  return paths.filter((path) => !path.includes('/') && TABLE.test(path));
}

async function onlyTable(root: string, signal: AbortSignal): Promise<string> {
  const tables = tablesAtTop((await listFolder(root, signal)).paths);
  if (tables.length === 1) return tables[0];
  const what =
    tables.length === 0
      ? 'there is no file that ends in .csv, .tsv, .jsonl or .ndjson'
      : `there are several: ${tables.join(', ')}`;
  throw noTable(root, what, 'bad-input');
}

function noTable(root: string, what: string, code: 'bad-input' | 'not-found'): StudioError {
  return new StudioError(code, `No table to read in ${root}: ${what}.`, {
    remedy: 'Name the table, relative to the folder, in the options of the import.',
    details: { path: root },
  });
}
