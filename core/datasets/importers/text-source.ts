import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { StudioError } from '../../base/studio-error.ts';

/** An encoding of text, and how it was found. */
export interface FoundEncoding {
  /** A label that `TextDecoder` knows. */
  readonly encoding: string;
  readonly how: 'named' | 'mark' | 'fits' | 'guessed';
}

const SAMPLE_BYTES = 256 * 1024;

/** Encodings that tables are saved in by other programs than those that write UTF-8. */
const LEGACY = ['windows-1252', 'gbk', 'shift_jis', 'big5', 'euc-kr', 'windows-1251', 'macintosh', 'ibm866'];

/**
 * The encoding of a text file: the named one, else by its byte order mark, else UTF-8 where all bytes of it fit, else
 * UTF-16 where every second byte is zero, else the legacy one in which most of `words` occur.
 * @param words texts with letters beyond ASCII that the file is likely to hold, such as names of pictures
 * @throws StudioError 'bad-usage' for a named encoding that is not known
 */
export async function findEncoding(
  path: string,
  words: readonly string[],
  named?: string,
): Promise<FoundEncoding> {
  if (named !== undefined) return { encoding: checkedEncoding(named), how: 'named' };
  const head = await readHead(path);
  const marked = markedEncoding(head);
  if (marked) return { encoding: marked, how: 'mark' };
  const wide = wideEncoding(head);
  if (wide) return { encoding: wide, how: 'fits' };
  if (await isUtf8(path)) return { encoding: 'utf-8', how: 'fits' };
  return { encoding: likeliestLegacy(head, words), how: 'guessed' };
}

function checkedEncoding(named: string): string {
  try {
    return new TextDecoder(named).encoding;
  } catch (error) {
    throw new StudioError('bad-usage', `There is no encoding "${named}".`, {
      remedy: `Name one as in web pages: utf-8, utf-16le, ${LEGACY.join(', ')}.`,
      details: { encoding: named },
      cause: error,
    });
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function markedEncoding(head: Uint8Array): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** UTF-8 or UTF-16 by a byte order mark, or UTF-16 by its zeros; undefined where the start does not say. */
export const encodingOfStart = (head: Uint8Array): string | undefined =>
  markedEncoding(head) ?? wideEncoding(head);

/** UTF-16 without a mark: ASCII letters leave every second byte zero. */
function wideEncoding(head: Uint8Array): string | undefined {
  const zeros = [0, 0];
  head.forEach((byte, place) => {
    if (byte === 0) zeros[place % 2] += 1;
  });
  const half = head.length / 2;
  if (zeros[1] > 0.4 * half && zeros[0] === 0) return 'utf-16le';
  if (zeros[0] > 0.4 * half && zeros[1] === 0) return 'utf-16be';
  return undefined;
}

async function isUtf8(path: string): Promise<boolean> {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      decoder.decode(chunk, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function likeliestLegacy(head: Uint8Array, words: readonly string[]): string {
  const count = (encoding: string): number => {
    const text = new TextDecoder(encoding).decode(head).normalize('NFC');
    return words.filter((word) => text.includes(word)).length;
  };
  const counts = LEGACY.map((encoding) => ({ encoding, found: count(encoding) }));
  return counts.reduce((best, other) => (other.found > best.found ? other : best)).encoding;
}

/** The text of a file, piece by piece, without its byte order mark. */
export async function* readPieces(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** The lines of a text; CR, LF and both together end one. */
export async function* readLines(path: string, encoding: string): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of readPieces(path, encoding)) {
    const text = rest + piece;
    // A CR at the end of a piece may be half of an end.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + text.slice(end);
    yield* lines;
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}
