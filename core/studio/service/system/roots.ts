import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { StudioError, systemCodeOf } from '../../../base/studio-error.ts';
import type { Shell } from '../shell.ts';

/**
 * The absolute path, if it lies in one of the folders that the shell may touch; links are followed first, so that none
 * leads out. A path that is not there yet is judged by the nearest folder that is. Else `StudioError` ("bad-usage").
 */
export function requireWithinRoots(shell: Pick<Shell, 'roots'>, path: string): string {
  const absolute = resolve(path);
  if (!shell.roots || isWithinRoots(shell.roots, absolute)) return absolute;
  throw new StudioError('bad-usage', `${absolute} lies outside of the folders that this studio may use.`, {
    remedy: `Choose a folder below ${shell.roots.join(' or ')}, or start the studio with --root for another one.`,
    details: { path: absolute },
  });
}

export function isWithinRoots(roots: readonly string[], path: string): boolean {
  const real = nearestRealPath(path);
  return roots.some((root) => contains(nearestRealPath(resolve(root)), real));
}

/** Whether a path is a folder or lies below it; both absolute. */
export function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function nearestRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (parent === path || systemCodeOf(error) !== 'ENOENT') return path;
    const folder = nearestRealPath(parent);
    const target = linkTarget(path);
    return target === undefined ? join(folder, basename(path)) : nearestRealPath(resolve(folder, target));
  }
}

/** Where a link leads, also one to what is not there: writing through it would make that. */
function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
