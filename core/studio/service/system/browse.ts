import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import type { z } from 'zod';
import { StudioError, systemCodeOf } from '../../../base/studio-error.ts';
import type { systemOperations } from '../../../contract/operations/studio.ts';
import { isPicture } from '../../../datasets/importers/folder.ts';
import { DATABASE_NAME } from '../../../library/find-library.ts';
import type { Shell } from '../shell.ts';
import { isWithinRoots, requireWithinRoots } from './roots.ts';

type Browsed = z.output<typeof systemOperations.browse.output>;
type Entry = Browsed['entries'][number];

/** More files than this are not listed: one looks for a folder or for a file that one knows. */
const MOST_FILES = 2_000;

/**
 * What is in a folder, folders first, hidden files left out; null lists where one may begin. Links are followed, but
 * not out of the roots.
 */
export async function browse(shell: Pick<Shell, 'roots'>, folder: string | null): Promise<Browsed> {
  const starts = shell.roots ?? [homedir(), parse(homedir()).root];
  if (folder === null) {
    const entries = starts.map((path): Entry => ({ name: path, path, kind: kindOfFolder(path) }));
    return { folder: null, parent: null, entries, pictures: 0 };
  }
  const absolute = requireWithinRoots(shell, folder);
  const names = await namesIn(absolute);
  const entries: Entry[] = [];
  let files = 0;
  for (const name of names.sort(naturally.compare)) {
    if (name.startsWith('.')) continue;
    const path = join(absolute, name);
    const kind = await kindOf(shell, path);
    if (kind === undefined || (kind === 'file' && ++files > MOST_FILES)) continue;
    entries.push({ name, path, kind });
  }
  const parent = dirname(absolute);
  return {
    folder: absolute,
    parent: parent !== absolute && (!shell.roots || isWithinRoots(shell.roots, parent)) ? parent : null,
    entries: entries.sort((left, right) => Number(left.kind === 'file') - Number(right.kind === 'file')),
    pictures: names.filter(isPicture).length,
  };
}

const naturally = new Intl.Collator('en', { numeric: true });

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    const isGone = code === 'ENOENT';
    const why = isGone
      ? 'is not there'
      : code === 'ENOTDIR'
        ? 'is a file, not a folder'
        : `cannot be read (${code})`;
    throw new StudioError(isGone ? 'not-found' : 'bad-input', `${folder} ${why}.`, {
      remedy: 'Choose another folder.',
      details: { path: folder },
      cause: error,
    });
  }
}

/** Undefined for what is neither, leads nowhere, or leads out of the roots. */
async function kindOf(shell: Pick<Shell, 'roots'>, path: string): Promise<Entry['kind'] | undefined> {
  try {
    const found = await stat(path);
    if (shell.roots && !isWithinRoots(shell.roots, await realpath(path))) return undefined;
    return found.isDirectory() ? kindOfFolder(path) : found.isFile() ? 'file' : undefined;
  } catch {
    return undefined;
  }
}

function kindOfFolder(path: string): Entry['kind'] {
  return existsSync(join(path, DATABASE_NAME)) ? 'library' : 'folder';
}
