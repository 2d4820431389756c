import { dirname, join, resolve, sep } from 'node:path';
import { StudioError, systemCodeOf } from '../../../base/studio-error.ts';
import { sha256OfFile } from '../../../datasets/pixels/hash.ts';
import type { Image } from '../../../library/images.ts';
import type { Library } from '../../../library/library.ts';

/** Images of a dataset that are looked for in its new folder before it is believed. */
const SAMPLE_IMAGES = 50;

export interface Relinked {
  readonly rootPath: string;
  /** Of the sample, at the new place with the same content. */
  readonly found: number;
  readonly missing: number;
}

/**
 * A dataset's folder was moved: one of its images is now at `path`, so its folder is what is left of that without the
 * image's own relative path. The dataset points there from now on.
 *
 * @throws StudioError 'bad-usage' where the path does not end as the image's does, 'not-found' where there is no such
 * file, 'bad-input' where it is another picture
 */
export async function relinkDataset(
  library: Library,
  datasetId: number,
  image: Image,
  path: string,
): Promise<Relinked> {
  const absolute = resolve(path);
  const rootPath = rootOf(absolute, image.path);
  await requireSameContent(absolute, image);
  let found = 0;
  const sample = spreadOver(library, datasetId);
  for (const other of sample) {
    if ((await hashOrUndefined(join(rootPath, other.path))) === other.fileSha256) found += 1;
  }
  library.datasets.relocate(datasetId, rootPath);
  return { rootPath, found, missing: sample.length - found };
}

/** The folder below which the relative path leads to a file. */
export function rootOf(absolute: string, relativePath: string): string {
  const parts = relativePath.split('/');
  if (absolute.endsWith(sep + parts.join(sep))) {
    return parts.reduce((folder) => dirname(folder), absolute);
  }
  throw new StudioError(
    'bad-usage',
    `${absolute} does not end in "${relativePath}", as this image's path does.`,
    {
      remedy: `Point at the file ${parts.at(-1) ?? ''} that is this image, in the same sub-folder as before.`,
      details: { path: absolute },
    },
  );
}

async function requireSameContent(absolute: string, image: Image): Promise<void> {
  const hash = await hashOrUndefined(absolute);
  if (hash === image.fileSha256) return;
  throw new StudioError(
    hash === undefined ? 'not-found' : 'bad-input',
    hash === undefined ? `${absolute} cannot be read.` : `${absolute} is another picture than ${image.path}.`,
    { remedy: 'Point at the same file at its new place.', details: { path: absolute } },
  );
}

/** Images of a dataset, evenly over their ids. */
function spreadOver(library: Library, datasetId: number): Image[] {
  const ids = library.imageSearch.ids({ datasetIds: [datasetId] });
  const length = Math.min(SAMPLE_IMAGES, ids.length);
  return library.images.getMany(
    Array.from({ length }, (_, index) => ids[Math.floor(((index + 0.5) * ids.length) / length)]),
  );
}

/** Undefined where there is no file that can be read. */
async function hashOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await sha256OfFile(path);
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return undefined;
  }
}
