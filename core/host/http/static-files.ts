import { readFile, realpath } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';
import { systemCodeOf } from '../../base/studio-error.ts';

export interface StaticFile {
  readonly body: Buffer;
  readonly type: string;
  /** Its name changes with its content, so that it never has to be asked for again. */
  readonly isImmutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Names as a build makes them. Nothing encoded, nothing hidden, no step upwards. */
const PATH = /^(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;

/** Where the build puts what has a hash in its name. */
const HASHED_FOLDER = '/assets/';

/** A file of the built window, by the path of a URL as it was sent; undefined where there is none. */
export async function readStaticFile(folder: string, path: string): Promise<StaticFile | undefined> {
  const wanted = path === '/' ? '/index.html' : path;
  if (!PATH.test(wanted)) return undefined;
  const type = TYPES[extname(wanted)];
  if (type === undefined) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, wanted));
    if (!isBelow(root, file)) return undefined;
    return { body: await readFile(file), type, isImmutable: wanted.startsWith(HASHED_FOLDER) };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}

function isBelow(root: string, file: string): boolean {
  const way = relative(root, file);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
