import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { StudioError, messageOf, systemCodeOf } from '../../base/studio-error.ts';
import { encodingOfStart, findEncoding } from './text-source.ts';

/** A file that may hold labels. What was read of it is kept while it is looked at by one format after the other. */
export interface LabelDocument {
  /** Relative to the root, with '/'. */
  readonly path: string;
  readonly absolutePath: string;
  /** The text of the first 64 KB, as UTF-8 or UTF-16. */
  head(): Promise<string>;
  /** @throws StudioError 'bad-input' for a file that is too large to be read whole */
  text(): Promise<string>;
  /** @throws StudioError 'bad-input' for what is no JSON */
  json(): Promise<unknown>;
}

const HEAD_BYTES = 64 * 1024;
/** V8 holds no longer string. */
const MOST_BYTES = 500 * 1024 * 1024;

export function labelDocument(root: string, path: string): LabelDocument {
  const absolutePath = join(root, path);
  const text = once(() => readText(absolutePath, path));
  const json = once(async (): Promise<unknown> => parseJson(await text(), path));
  return { path, absolutePath, head: once(() => readHead(absolutePath, path)), text, json };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

async function readHead(absolutePath: string, path: string): Promise<string> {
  try {
    const handle = await open(absolutePath, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      const head = buffer.subarray(0, bytesRead);
      return new TextDecoder(encodingOfStart(head)).decode(head);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readText(absolutePath: string, path: string): Promise<string> {
  try {
    const { size } = await stat(absolutePath);
    if (size > MOST_BYTES) {
      throw badFile(path, `is too large: ${size} bytes, at most ${MOST_BYTES} are read`);
    }
    const { encoding } = await findEncoding(absolutePath, []);
    return new TextDecoder(encoding).decode(await readFile(absolutePath));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badFile(path, text.trim() === '' ? 'is empty' : `is no JSON (${messageOf(error)})`, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const code = systemCodeOf(error);
  return code === undefined ? error : badFile(path, `cannot be read (${code})`, error);
}

function badFile(path: string, what: string, cause?: unknown): StudioError {
  return new StudioError('bad-input', `${path} ${what}.`, {
    remedy: 'Correct the file, or take it out of the folder.',
    details: { path },
    cause,
  });
}

/** The first thing that is wrong with a document, with its place: "images.3.file_name: Invalid input". */
export function problemOf({ issues }: z.ZodError): string {
  const [{ path, message }] = issues;
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
