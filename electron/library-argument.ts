import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';

const LIBRARY_ENDING = '.simgan';
const DATABASE_NAME = 'library.sqlite';

/**
 * The library that a command line names, as an absolute path; the last one counts. Options are passed over, Chromium's
 * own included, and so is the folder of the program itself, which Electron is given in development.
 *
 * @param words what follows the name of the program's binary
 * @param workingFolder of the process that was given the words, which need not be this one
 */
export function libraryOfArguments(words: readonly string[], workingFolder: string): string | undefined {
  return words
    .filter((word) => !word.startsWith('-'))
    .map((word) => libraryOfPath(resolve(workingFolder, word)))
    .findLast((folder) => folder !== undefined);
}

/** The library that is meant by a path somebody opened or dropped: its folder, or a file in it. */
export function libraryOfPath(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const isLibrary =
    extname(folder).toLowerCase() === LIBRARY_ENDING || existsSync(resolve(folder, DATABASE_NAME));
  return isLibrary && (folder === path || basename(path) === DATABASE_NAME) ? folder : undefined;
}
