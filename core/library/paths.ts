import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

/**
 * A path as the database keeps it: relative to the library folder with '/' where it lies inside that folder or beside
 * it (so that both can be moved together), else absolute.
 */
export function storedPath(libraryFolder: string, path: string): string {
  const absolute = resolve(path);
  const fromParent = relative(dirname(libraryFolder), absolute);
  const near = !isAbsolute(fromParent) && fromParent !== '..' && !fromParent.startsWith(`..${sep}`);
  return near ? withSlashes(relative(libraryFolder, absolute)) || '.' : absolute;
}

/** The absolute path of what `storedPath` made. */
export function resolvedPath(libraryFolder: string, stored: string): string {
  return resolve(libraryFolder, stored);
}

/** A relative path with '/' on every platform. */
function withSlashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}
