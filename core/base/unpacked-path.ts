import { sep } from 'node:path';

/**
 * A file of the program as every reader finds it. Packed for Electron, the program lies in one archive, which Electron's
 * own processes read as if it were a folder and threads and other programs do not; files that they need are beside it.
 */
export function unpackedPath(path: string): string {
  return path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`);
}
