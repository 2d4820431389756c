import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { Info } from 'csv-parse';
import { z } from 'zod';
import { StudioError, messageOf } from '../../base/studio-error.ts';
import type { LabelDocument } from './label-document.ts';
import { findEncoding, readLines, readPieces } from './text-source.ts';
import type { FoundEncoding } from './text-source.ts';

export type TableRow =
  | { readonly line: number; readonly values: ReadonlyMap<string, string> }
  /** A line that is none; the sentence says why. */
  | { readonly line: number; readonly problem: string };

export interface Table {
  /** Of JSON, all that any row has. */
  readonly columns: readonly string[];
  /** Whether "0,5" is a half: where commas do not part the columns. */
  readonly allowsDecimalComma: boolean;
  /** How it was read, in words; '' where there is nothing to say. */
  readonly how: string;
  readonly rows: () => AsyncIterable<TableRow>;
}

export interface TableFormat {
  /** What parts the columns of a CSV file; found where left out. */
  readonly delimiter?: string | undefined;
  /** Found where left out. */
  readonly encoding?: string | undefined;
}

/**
 * A CSV file with a header line; JSON lines; or JSON: an array of objects, objects by the name of their image, or an
 * object that holds such an array. Nested values of JSON become columns with dots (`gaze.0`); the key of an object by
 * name is in the column `key`.
 * @param words see `findEncoding`
 * @throws StudioError 'bad-input' for a file without a header or first row
 */
export async function openTable(
  document: LabelDocument,
  format: TableFormat,
  words: readonly string[],
): Promise<Table> {
  const { path } = document;
  if (/\.json$/i.test(path)) return openJson(document);
  const found = await findEncoding(document.absolutePath, words, format.encoding);
  if (/\.(?:jsonl|ndjson)$/i.test(path)) return openJsonLines(document, found);
  return openCsv(document, found, format.delimiter);
}

async function openCsv(
  { absolutePath, path }: LabelDocument,
  found: FoundEncoding,
  wanted: string | undefined,
): Promise<Table> {
  const { delimiter, skipped } = await readCsvStart(absolutePath, found.encoding, wanted);
  const read = (): AsyncGenerator<CsvLine> => readCsv(absolutePath, found.encoding, delimiter, skipped);
  let header: readonly string[] | undefined;
  for await (const { cells } of read()) {
    header = cells?.map((column) => column.trim());
    if (header) break;
  }
  if (!header || header.every((column) => column === '')) throw noHeader(path);
  const columns = header;
  const twice = columns.find((column, place) => columns.indexOf(column) !== place);
  if (twice !== undefined) {
    throw new StudioError('bad-input', `${path} has two columns named "${twice}".`, {
      remedy: 'Give every column of the header a name of its own.',
      details: { path, column: twice },
    });
  }
  return {
    columns,
    allowsDecimalComma: delimiter !== ',',
    how: [howEncoded(found), howParted(delimiter)].filter(Boolean).join(', '),
    async *rows() {
      let isHeader = true;
      for await (const { line, cells, problem } of read()) {
        if (!cells) {
          yield { line, problem };
        } else if (isHeader) {
          isHeader = false;
        } else if (cells.length !== columns.length) {
          yield {
            line,
            problem: `Has ${cells.length} values where the header has ${columns.length} columns.`,
          };
        } else {
          yield { line, values: new Map(columns.map((column, place) => [column, cells[place]])) };
        }
      }
    },
  };
}

const howEncoded = ({ encoding, how }: FoundEncoding): string =>
  encoding === 'utf-8' && how !== 'named' ? '' : `${encoding}${how === 'guessed' ? ' (a guess)' : ''}`;

const howParted = (delimiter: string): string => {
  if (delimiter === ',') return '';
  return delimiter === '\t' ? 'tabs between columns' : `“${delimiter}” between columns`;
};

interface CsvLine {
  readonly line: number;
  readonly cells?: readonly string[];
  readonly problem: string;
}

async function* readCsv(
  path: string,
  encoding: string,
  delimiter: string,
  skippedLines: number,
): AsyncGenerator<CsvLine> {
  const problems: CsvLine[] = [];
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    from_line: skippedLines + 1,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      const line = typeof error?.lines === 'number' ? error.lines : 0;
      problems.push({ line, problem: `Is malformed: ${error?.message ?? 'no reason given'}.` });
      return undefined;
    },
  });
  // Errors of the file reach the parser, and leaving the loop closes the file.
  const stream: AsyncIterable<{ record: string[]; info: Info }> = pipeline(
    Readable.from(readPieces(path, encoding)),
    parser,
    () => undefined,
  );
  try {
    for await (const { record, info } of stream) {
      // The parser works ahead: problems of later lines wait for their turn.
      yield* problems.splice(0, problems.filter((problem) => problem.line <= info.lines).length);
      yield { line: info.lines, cells: record, problem: '' };
    }
  } catch (error) {
    if (!(error instanceof Error && 'lines' in error && typeof error.lines === 'number')) throw error;
    problems.push({ line: error.lines, problem: `Is malformed: ${error.message}.` });
  }
  yield* problems;
}

const DELIMITERS = [',', ';', '\t', '|'];

/** What parts the columns, and how many lines come before the header: `sep=;`, as Excel writes it, is one. */
async function readCsvStart(
  path: string,
  encoding: string,
  wanted: string | undefined,
): Promise<{ delimiter: string; skipped: number }> {
  for await (const line of readLines(path, encoding)) {
    const said = /^"?sep=(.)"?$/i.exec(line.trim() === 'sep=' ? 'sep=\t' : line)?.[1];
    if (said !== undefined) return { delimiter: wanted ?? said, skipped: 1 };
    const count = (character: string): number => line.split(character).length;
    const likeliest = DELIMITERS.reduce((best, other) => (count(other) > count(best) ? other : best));
    return { delimiter: wanted ?? likeliest, skipped: 0 };
  }
  return { delimiter: wanted ?? ',', skipped: 0 };
}

const objectSchema = z.record(z.string(), z.unknown());

async function openJsonLines({ absolutePath, path }: LabelDocument, found: FoundEncoding): Promise<Table> {
  const columns = new Set<string>();
  const rows = (): AsyncGenerator<TableRow> => readJsonLines(absolutePath, found.encoding);
  for await (const row of rows()) {
    if ('values' in row) for (const column of row.values.keys()) columns.add(column);
  }
  if (columns.size === 0) throw noRows(path);
  return { columns: [...columns], allowsDecimalComma: false, how: howEncoded(found), rows };
}

async function* readJsonLines(path: string, encoding: string): AsyncGenerator<TableRow> {
  let line = 0;
  for await (const json of readLines(path, encoding)) {
    line++;
    if (json.trim() === '') continue;
    try {
      yield { line, values: flattened(objectSchema.parse(JSON.parse(json))) };
    } catch (error) {
      yield { line, problem: `Is no JSON object: ${messageOf(error)}.` };
    }
  }
}

async function openJson(document: LabelDocument): Promise<Table> {
  const objects = rowsOf(await document.json());
  if (!objects || objects.length === 0) throw noRows(document.path);
  const rows = objects.map((object, place): TableRow => {
    const parsed = objectSchema.safeParse(object);
    const line = place + 1;
    return parsed.success
      ? { line, values: flattened(parsed.data) }
      : { line, problem: 'Is no object with names and values.' };
  });
  const columns = new Set(rows.flatMap((row) => ('values' in row ? [...row.values.keys()] : [])));
  if (columns.size === 0) throw noRows(document.path);
  return {
    columns: [...columns],
    allowsDecimalComma: false,
    how: '',
    rows: () => Readable.from(rows),
  };
}

/** The rows in a JSON document: an array, objects by key, or the longest array inside. */
function rowsOf(json: unknown): readonly unknown[] | undefined {
  const list = z.array(z.unknown()).safeParse(json);
  if (list.success) return list.data;
  const parsed = objectSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const entries = Object.entries(parsed.data);
  if (entries.length > 0 && entries.every(([, value]) => objectSchema.safeParse(value).success)) {
    return entries.map(([key, value]) => ({ key, ...objectSchema.parse(value) }));
  }
  const arrays = entries.flatMap(([, value]) => (Array.isArray(value) ? [value as unknown[]] : []));
  return arrays.reduce<readonly unknown[] | undefined>(
    (best, other) => (best === undefined || other.length > best.length ? other : best),
    undefined,
  );
}

function flattened(object: Readonly<Record<string, unknown>>): Map<string, string> {
  const values = new Map<string, string>();
  flatten(object, '', values);
  return values;
}

function flatten(value: unknown, name: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      flatten(inner, name === '' ? key : `${name}.${key}`, into);
  } else {
    into.set(name, typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value));
  }
}

function noHeader(path: string): StudioError {
  return new StudioError('bad-input', `${path} has no header line.`, {
    remedy: 'The first line must name the columns.',
    details: { path },
  });
}

function noRows(path: string): StudioError {
  return new StudioError('bad-input', `${path} holds no list of objects, one for each image.`, {
    remedy: 'Each row must be an object with names and values, such as {"file": "1.png", "pitch": 0.1}.',
    details: { path },
  });
}
