import { takeTurn } from '../../base/long-work.ts';
import type { DatasetRole } from '../../library/datasets.ts';
import type { Image } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';

const PAGE_IMAGES = 1_000;

/** How many pictures are in use in both domains, byte by byte the same. */
export async function countLeaks(library: Library, signal: AbortSignal): Promise<number> {
  const roles = new Map(library.datasets.list().map(({ id, role }) => [id, role]));
  /** By the first image of the library with these bytes. */
  const domainsOf = new Map<number, Set<DatasetRole>>();
  const add = (image: Image): void => {
    const role = roles.get(image.datasetId);
    if (role === undefined || image.excludedReason !== null) return;
    const original = image.duplicateOf ?? image.id;
    domainsOf.set(original, (domainsOf.get(original) ?? new Set<DatasetRole>()).add(role));
  };
  const duplicates = library.imageSearch.orderedIds({ duplicate: true }, 'id');
  for (let start = 0; start < duplicates.length; start += PAGE_IMAGES) {
    const images = library.images.getMany([...duplicates.subarray(start, start + PAGE_IMAGES)]);
    const originals = new Set(images.flatMap(({ duplicateOf }) => duplicateOf ?? []));
    for (const image of [...images, ...library.images.getMany([...originals])]) add(image);
    await takeTurn(signal);
  }
  return [...domainsOf.values()].filter((domains) => domains.size === 2).length;
}
