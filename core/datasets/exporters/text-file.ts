import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { StudioError, explainWriteError, messageOf, systemCodeOf } from '../../base/studio-error.ts';

/** What identifies the content of a file. */
interface FileSeal {
  readonly sha256: string;
  readonly bytes: number;
}

/** A new text file of any length, written in pieces and hashed on the way. */
export interface TextFile {
  write(text: string): Promise<void>;
  /** Writes the rest and closes. */
  finish(): Promise<FileSeal>;
  /** Gives the file up; does nothing after `finish`. */
  close(): Promise<void>;
}

const PIECE_CHARACTERS = 256 * 1024;

/**
 * @param purpose 'keep' has `finish` flush it to the disk; 'scratch' is for what nobody reads after a power cut
 * @throws StudioError 'storage' where the disk is full or refuses, also from `write` and `finish`
 */
export async function createTextFile(path: string, purpose: 'keep' | 'scratch'): Promise<TextFile> {
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainWriteError(error, path);
    }
  };
  const handle = await explained(() => open(path, 'w'));
  const hash = createHash('sha256');
  let bytes = 0;
  let pending: string[] = [];
  let pendingCharacters = 0;
  let isOpen = true;

  const flush = async (): Promise<void> => {
    const piece = Buffer.from(pending.join(''));
    pending = [];
    pendingCharacters = 0;
    hash.update(piece);
    bytes += piece.length;
    await handle.writeFile(piece);
  };
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    async write(text) {
      pending.push(text);
      pendingCharacters += text.length;
      if (pendingCharacters >= PIECE_CHARACTERS) await explained(flush);
    },
    finish: () =>
      explained(async () => {
        await flush();
        if (purpose === 'keep') await handle.sync();
        await close();
        return { sha256: hash.digest('hex'), bytes };
      }),
    close,
  };
}

/**
 * The lines of a UTF-8 text file with their numbers from 1, read in pieces. Only a line feed ends a line: `readline`
 * also breaks at U+2028, which may stand in a file name. Throws what the file system throws.
 */
export async function* readLines(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly line: string; readonly number: number }> {
  let rest = '';
  let number = 0;
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: PIECE_CHARACTERS });
  for await (const piece of stream as AsyncIterable<string>) {
    signal?.throwIfAborted();
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield { line, number: ++number };
  }
  if (rest !== '') yield { line: rest, number: ++number };
}

/**
 * A whole small UTF-8 file; undefined where there is none.
 * @throws StudioError 'storage' where the file system refuses to read it
 */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT') return undefined;
    throw new StudioError('storage', `${path} cannot be read (${code ?? messageOf(error)}).`, {
      remedy: 'Check the disk and the permissions of the file, then try again.',
      details: { path },
      cause: error,
    });
  }
}
