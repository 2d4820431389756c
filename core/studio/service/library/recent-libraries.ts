import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createFileKeeper } from '../../../base/file-keeper.ts';
import { recentLibrarySchema } from '../../../contract/operations/studio.ts';
import { recentPictureUrl } from '../../../contract/picture-urls.ts';
import { DATABASE_NAME } from '../../../library/find-library.ts';
import type { StudioResource } from '../studio.ts';

type RecentLibrary = z.infer<typeof recentLibrarySchema>;

const recordSchema = recentLibrarySchema.omit({ isThere: true }).extend({
  /** The picture itself, as a data URL: it is shown while its library is closed. */
  picture: z.string().nullable().default(null),
});
export type RecordedLibrary = z.infer<typeof recordSchema>;

/** The libraries that this user opened last, kept in a file. */
export interface RecentLibraries {
  /** Newest first. */
  list(): RecentLibrary[];
  /** What is on record of a library; undefined where it is not on the list. */
  find(folder: string): RecordedLibrary | undefined;
  /** Answers the addresses of pictures that `list` gives; undefined for those of others. */
  picture(url: URL): StudioResource | undefined;
  /** Puts a library at the front, or brings what is known of it up to date. */
  remember(library: RecordedLibrary): Promise<void>;
  forget(folder: string): Promise<void>;
  /** Settles when nothing is being written. */
  written(): Promise<void>;
}

const FILE_NAME = 'recent-libraries.json';
const KEPT = 20;
/** An address has the version of its picture in it. */
const PICTURE_SECONDS = 24 * 3600;

const fileSchema = z.object({ version: z.literal(1), libraries: z.array(recordSchema) });

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
      libraries.map((library) => ({
        ...library,
        picture: pictureUrlOf(library),
        isThere: existsSync(join(library.folder, DATABASE_NAME)),
      })),
    find: (folder) => libraries.find((library) => library.folder === folder),
    picture(url) {
      const encoded = libraries.find((library) => pictureUrlOf(library) === url.pathname)?.picture;
      const [, type, base64] = /^data:([^;]+);base64,(.+)$/.exec(encoded ?? '') ?? [];
      if (base64 === undefined) return undefined;
      return { status: 200, type, body: Buffer.from(base64, 'base64'), maxAgeSeconds: PICTURE_SECONDS };
    },
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

function pictureUrlOf({ folder, picture }: RecordedLibrary): string | null {
  return picture === null ? null : recentPictureUrl(shortHash(folder), shortHash(picture));
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A list that is damaged is a list that is empty: it can be had again by opening libraries. */
function read(path: string): readonly RecordedLibrary[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).libraries;
  } catch {
    return [];
  }
}
