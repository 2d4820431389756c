import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import type { Info } from 'csv-parse';
import { z } from 'zod';
import { StudioError, messageOf } from '../../base/studio-error.ts';

export type TableRow =
  | { readonly line: number; readonly values: ReadonlyMap<string, string> }
  /** A line that is none; the sentence says why. */
  | { readonly line: number; readonly problem: string };

export interface Table {
  readonly columns: readonly string[];
  /** Whether "0,5" is a half: where commas do not part the columns. */
  readonly allowsDecimalComma: boolean;
  readonly rows: () => AsyncIterable<TableRow>;
}

/**
 * A CSV file with a header line (comma, semicolon or tab, whichever the header has most of), or JSON lines, whose
 * nested values become columns with dots (`gaze.0`). Columns of JSON lines are those of the first line.
 * @throws StudioError 'bad-input' for a file without a header or first line
 */
export async function openTable(path: string, name: string, delimiter?: string): Promise<Table> {
  return /\.(?:jsonl|ndjson)$/i.test(path) ? openJsonLines(path, name) : openCsv(path, name, delimiter);
}

async function openCsv(path: string, name: string, wanted?: string): Promise<Table> {
  const separator = wanted ?? (await guessDelimiter(path));
  let header: readonly string[] | undefined;
  for await (const { cells } of readCsv(path, separator)) {
    header = cells?.map((column) => column.trim());
    if (header) break;
  }
  if (!header || header.every((column) => column === '')) throw noHeader(name);
  const columns = header;
  const twice = columns.find((column, place) => columns.indexOf(column) !== place);
  if (twice !== undefined) {
    throw new StudioError('bad-input', `${name} has two columns named "${twice}".`, {
      remedy: 'Give every column of the header a name of its own.',
      details: { path: name, column: twice },
    });
  }
  return {
    columns,
    allowsDecimalComma: separator !== ',',
    async *rows() {
      let isHeader = true;
      for await (const { line, cells, problem } of readCsv(path, separator)) {
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

interface CsvLine {
  readonly line: number;
  readonly cells?: readonly string[];
  readonly problem: string;
}

async function* readCsv(path: string, delimiter: string): AsyncGenerator<CsvLine> {
  const problems: CsvLine[] = [];
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
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
    createReadStream(path),
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

async function guessDelimiter(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(65536), 0, 65536, 0);
    const [header] = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1);
    const count = (character: string): number => header.split(character).length;
    return [',', ';', '\t'].reduce((best, other) => (count(other) > count(best) ? other : best));
  } finally {
    await handle.close();
  }
}

async function openJsonLines(path: string, name: string): Promise<Table> {
  let columns: readonly string[] | undefined;
  for await (const row of readJsonLines(path)) {
    if ('values' in row) {
      columns = [...row.values.keys()];
      break;
    }
  }
  if (!columns) throw noHeader(name);
  return { columns, allowsDecimalComma: false, rows: () => readJsonLines(path) };
}

const objectSchema = z.record(z.string(), z.unknown());

async function* readJsonLines(path: string): AsyncGenerator<TableRow> {
  const stream = createReadStream(path, 'utf8');
  let line = 0;
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
      line++;
      const json = line === 1 ? text.replace(/^\uFEFF/, '') : text;
      if (json.trim() === '') continue;
      try {
        const values = new Map<string, string>();
        flatten(objectSchema.parse(JSON.parse(json)), '', values);
        yield { line, values };
      } catch (error) {
        yield { line, problem: `Is no JSON object: ${messageOf(error)}.` };
      }
    }
  } finally {
    stream.destroy();
  }
}

function flatten(value: unknown, name: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      flatten(inner, name === '' ? key : `${name}.${key}`, into);
  } else {
    into.set(name, typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value));
  }
}

function noHeader(name: string): StudioError {
  return new StudioError('bad-input', `${name} has no header line, or is empty.`, {
    remedy: 'The first line must name the columns; in JSON lines every line must be an object.',
    details: { path: name },
  });
}
