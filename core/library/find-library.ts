import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StudioError } from '../base/studio-error.ts';

/** The database's name inside a library folder; what makes the folder a library. */
export const DATABASE_NAME = 'library.sqlite';

/** What the demo makes. It gives way to a library of the user's own beside it. */
export const DEMO_LIBRARY_NAME = 'demo.simgan';

const FOLDER_SUFFIX = '.simgan';

/**
 * The library that commands in this folder mean: the folder itself, else the one `*.simgan` in it (the demo's only
 * where there is no other), else the same for its parent, up to the root. Two candidates side by side are a
 * `StudioError` ("bad-usage") that names both.
 */
export function findLibrary(startFolder: string): string | undefined {
  for (let folder = resolve(startFolder); ; folder = dirname(folder)) {
    const found = libraryAt(folder);
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

function libraryAt(folder: string): string | undefined {
  if (existsSync(join(folder, DATABASE_NAME))) return folder;
  const all = childFolders(folder)
    .filter((child) => child.endsWith(FOLDER_SUFFIX) && existsSync(join(folder, child, DATABASE_NAME)))
    .sort();
  const own = all.filter((child) => child !== DEMO_LIBRARY_NAME);
  const candidates = own.length > 0 ? own : all;
  if (candidates.length > 1) {
    const names = candidates.map((child) => `"${child}"`).join(' and ');
    throw new StudioError('bad-usage', `${folder} holds more than one library: ${names}.`, {
      remedy: 'Say which one with --library PATH.',
      details: { folder },
    });
  }
  return candidates.length === 1 ? join(folder, candidates[0]) : undefined;
}

/** Names of what is in a folder; none where it may not be read. */
function childFolders(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
