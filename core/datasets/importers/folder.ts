import { opendir, readdir, realpath, stat } from 'node:fs/promises';
import { existsSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { StudioError, messageOf, systemCodeOf } from '../../base/studio-error.ts';
import type { SkippedFile } from './import-item.ts';

/** One folder's own files. */
export interface FolderPart {
  /** Relative to the root with '/'; '' for the root itself. */
  readonly folder: string;
  /** Names without the folder, in natural order; hidden ones are left out. */
  readonly files: readonly string[];
  /** Broken links and folders that may not be read. */
  readonly problems: readonly SkippedFile[];
}

/** Every file below a folder. Paths are relative with '/', in natural order. */
export interface FolderIndex {
  readonly root: string;
  readonly pictures: readonly string[];
  readonly others: readonly string[];
  readonly problems: readonly SkippedFile[];
}

const PICTURE = /\.(?:png|jpe?g?|jfif|webp|avif|tiff?|bmp|p[gpn]m)$/i;
/** What Node puts in the place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';
const HIDDEN = /^(?:\.|__MACOSX$|thumbs\.db$|desktop\.ini$)/i;

export function isPicture(path: string): boolean {
  return PICTURE.test(path);
}

/** A file name without its last extension: names hold dots of their own. */
export function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}

/** The file name of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folder of a path without a '/' at the end; '' for one at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

const naturally = new Intl.Collator('en', { numeric: true });

/** 2 before 10, and the same order on every machine. */
function compareNaturally(left: string, right: string): number {
  return naturally.compare(left, right) || (left < right ? -1 : Number(left > right));
}

/**
 * Walks a folder and those below, each folder's files before its sub-folders. Links are followed; a folder that was
 * reached before (a link in a circle) is not entered again.
 * @throws StudioError 'not-found' or 'bad-input' when the folder itself is none or may not be read
 */
export async function* walkFolder(root: string, signal: AbortSignal): AsyncGenerator<FolderPart> {
  await requireFolder(root);
  yield* walkPart(root, '', new Set([await realpath(root)]), signal);
}

async function* walkPart(
  root: string,
  folder: string,
  visited: Set<string>,
  signal: AbortSignal,
): AsyncGenerator<FolderPart> {
  signal.throwIfAborted();
  const files: string[] = [];
  const subfolders: { path: string; real: string }[] = [];
  const problems: SkippedFile[] = [];
  const unreadable = (path: string, error: unknown): void => {
    problems.push({
      kind: 'skipped',
      path,
      reason: 'unreadable',
      message:
        systemCodeOf(error) === 'ENOENT' ? 'The link leads nowhere.' : `Cannot be read: ${messageOf(error)}.`,
    });
  };
  let entries: Dirent[] = [];
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    unreadable(folder, error);
  }
  for (const entry of entries.sort((left, right) => compareNaturally(left.name, right.name))) {
    if (HIDDEN.test(entry.name)) continue;
    const path = joinPath(folder, entry.name);
    if (entry.name.includes(REPLACEMENT) && !existsSync(join(root, path))) {
      const message = 'Its name is not UTF-8 and cannot be opened: rename the file.';
      problems.push({ kind: 'skipped', path, reason: 'unreadable', message });
      continue;
    }
    try {
      const kind = entry.isSymbolicLink() ? await stat(join(root, path)) : entry;
      if (kind.isDirectory()) subfolders.push({ path, real: await realpath(join(root, path)) });
      else if (kind.isFile()) files.push(entry.name);
    } catch (error) {
      unreadable(path, error);
    }
  }
  yield { folder, files, problems };
  for (const { path, real } of subfolders) {
    if (visited.has(real)) continue;
    visited.add(real);
    yield* walkPart(root, path, visited, signal);
  }
}

/** @throws as `walkFolder` */
export async function indexFolder(root: string, signal: AbortSignal): Promise<FolderIndex> {
  const pictures: string[] = [];
  const others: string[] = [];
  const problems: SkippedFile[] = [];
  for await (const part of walkFolder(root, signal)) {
    problems.push(...part.problems);
    for (const file of part.files) {
      (isPicture(file) ? pictures : others).push(joinPath(part.folder, file));
    }
  }
  return { root, pictures, others, problems };
}

async function requireFolder(root: string): Promise<void> {
  try {
    const directory = await opendir(root);
    await directory.close();
  } catch (error) {
    const code = systemCodeOf(error);
    const isGone = code === 'ENOENT';
    const what =
      code === 'ENOTDIR'
        ? 'is a file, not a folder'
        : isGone
          ? 'is not there'
          : `cannot be read (${String(code)})`;
    throw new StudioError(isGone ? 'not-found' : 'bad-input', `${root} ${what}.`, {
      remedy: 'Give the folder that holds the images.',
      details: { path: root },
      cause: error,
    });
  }
}
