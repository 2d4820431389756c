import { renameSync } from 'node:fs';

/** Keeps a damaged file under another name in its folder, so that it is not read again. Returns the new path. */
export function setAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
  renameSync(path, aside);
  return aside;
}
