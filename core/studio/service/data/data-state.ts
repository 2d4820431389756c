import { StudioError } from '../../../base/studio-error.ts';
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
  /** Images are changed in many turns: until the work has ended they are not what they were, nor what they will be. */
  changing<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Throws `StudioError` ("busy") while they are. */
  requireUnchanging(): void;
}

export function createDataState(library: () => Library): DataState {
  const listings = createListings();
  let index: ImageIndex | undefined;
  let changes = 0;
  return {
    listings,
    index: () => (index ??= createImageIndex(library())),
    reset() {
      listings.clear();
      index = undefined;
    },
    invalidate: () => index?.invalidate(),
    async changing(work) {
      changes += 1;
      try {
        return await work();
      } finally {
        changes -= 1;
      }
    },
    requireUnchanging() {
      if (changes === 0) return;
      throw new StudioError('busy', 'Many images are being changed at this moment.', {
        remedy: 'Wait until that is done and try again.',
      });
    },
  };
}
