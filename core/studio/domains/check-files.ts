import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { takeTurn } from '../../base/long-work.ts';
import { mapOrdered } from '../../base/map-ordered.ts';
import type { ProgressListener } from '../../base/progress.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Image } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';

export interface FileCheck {
  readonly images: number;
  readonly missing: number;
  /** Of those that are there: they were missing before. */
  readonly foundAgain: number;
  /** Some of those that are missing. */
  readonly examples: readonly string[];
}

const LOOKED_FOR_AT_ONCE = 16;
const PAGE_IMAGES = 1_000;
const EXAMPLES = 20;

/** Looks for the file of every image of a dataset, and marks those that are gone and those that are back. */
export async function checkFiles(
  library: Library,
  dataset: Dataset,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<FileCheck> {
  const ids = library.imageSearch.orderedIds({ datasetIds: [dataset.id] }, 'id');
  const result = { images: ids.length, missing: 0, foundAgain: 0, examples: [] as string[] };
  for (let start = 0; start < ids.length; start += PAGE_IMAGES) {
    const page = library.images.getMany([...ids.subarray(start, start + PAGE_IMAGES)]);
    const [gone, back]: [Image[], Image[]] = [[], []];
    const looked = mapOrdered(page, LOOKED_FOR_AT_ONCE, async (image) => ({
      image,
      isThere: await isThere(join(dataset.rootPath, image.path)),
    }));
    for await (const { image, isThere: found } of looked) {
      if (!found) gone.push(image);
      else if (image.missing) back.push(image);
    }
    library.transaction(() => {
      library.images.setMissing(idsOf(gone), true);
      library.images.setMissing(idsOf(back), false);
    });
    result.missing += gone.length;
    result.foundAgain += back.length;
    result.examples.push(...gone.slice(0, EXAMPLES - result.examples.length).map(({ path }) => path));
    const done = start + page.length;
    onProgress({ done, total: ids.length, unit: 'files', label: `Looking for the files of ${dataset.name}` });
    await takeTurn(signal);
  }
  return result;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

const idsOf = (images: readonly Image[]): number[] => images.map(({ id }) => id);
