import type { Library } from '../../../library/library.ts';
import { createImageIndex, type ImageIndex } from './image-index.ts';
import { createListings, type Listings } from './listings.ts';

/** What the studio holds in memory of the open library's images. */
export interface DataState {
  readonly listings: Listings;
  /** Of the open library. */
  index(): ImageIndex;
  /** Forgets everything: another library is open, or none. */
  reset(): void;
  /** Images may have come, gone or changed. */
  invalidate(): void;
}

export function createDataState(library: () => Library): DataState {
  const listings = createListings();
  let index: ImageIndex | undefined;
  return {
    listings,
    index: () => (index ??= createImageIndex(library())),
    reset() {
      listings.clear();
      index = undefined;
    },
    invalidate: () => index?.invalidate(),
  };
}
