import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createFileKeeper } from '../../../base/file-keeper.ts';
import { recentLibrarySchema } from '../../../contract/operations/studio.ts';
import { DATABASE_NAME } from '../../../library/find-library.ts';

type RecentLibrary = z.infer<typeof recentLibrarySchema>;
export type RecordedLibrary = Omit<RecentLibrary, 'isThere'>;

/** The libraries that this user opened last, kept in a file. */
export interface RecentLibraries {
  /** Newest first. */
  list(): RecentLibrary[];
  /** Puts a library at the front, or brings what is known of it up to date. */
  remember(library: RecordedLibrary): Promise<void>;
  forget(folder: string): Promise<void>;
  /** Settles when nothing is being written. */
  written(): Promise<void>;
}

const FILE_NAME = 'recent-libraries.json';
const KEPT = 20;

const fileSchema = z.object({
  version: z.literal(1),
  libraries: z.array(recentLibrarySchema.omit({ isThere: true })),
});

export function openRecentLibraries(stateFolder: string): RecentLibraries {
  const path = join(stateFolder, FILE_NAME);
  let libraries = read(path);
  const file = createFileKeeper(path);
  const save = (changed: readonly RecordedLibrary[]): Promise<void> => {
    libraries = changed.slice(0, KEPT);
    return file.keep(`${JSON.stringify({ version: 1, libraries }, null, 2)}\n`);
  };
  const without = (folder: string): RecordedLibrary[] => libraries.filter((one) => one.folder !== folder);
  return {
    list: () =>
      libraries.map((library) => ({ ...library, isThere: existsSync(join(library.folder, DATABASE_NAME)) })),
    remember: (library) =>
      save(
        [library, ...without(library.folder)].sort((left, right) =>
          right.openedAt.localeCompare(left.openedAt),
        ),
      ),
    forget: (folder) => save(without(folder)),
    written: () => file.written(),
  };
}

/** A list that is damaged is a list that is empty: it can be had again by opening libraries. */
function read(path: string): readonly RecordedLibrary[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).libraries;
  } catch {
    return [];
  }
}
