import { randomUUID } from 'node:crypto';
import { StudioError } from '../../../base/studio-error.ts';
import type { Library } from '../../../library/library.ts';

/** A sorted list that a window reads in parts. */
export interface RefinedListing {
  readonly library: Library;
  readonly runId: number;
  readonly step: number;
  readonly imageIds: Int32Array;
}

const KEPT_LISTINGS = 16;

/** The newest listings, each under a random name. */
export function createListings() {
  const kept = new Map<string, RefinedListing>();
  return {
    add(listing: RefinedListing): string {
      const name = randomUUID();
      kept.set(name, listing);
      const [oldest] = kept.keys();
      if (kept.size > KEPT_LISTINGS) kept.delete(oldest);
      return name;
    },
    /** @throws StudioError 'not-found' for one that is too old, or of a library that is not open any more */
    get(name: string, library: Library): RefinedListing {
      const listing = kept.get(name);
      if (listing?.library === library) return listing;
      throw new StudioError('not-found', 'This list was let go of.', { remedy: 'Sort the images again.' });
    },
  };
}
