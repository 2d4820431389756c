import { randomUUID } from 'node:crypto';
import { StudioError } from '../../../base/studio-error.ts';

/** Searches that are held so that any window of them can be read at once; the oldest give way. */
export interface Listings {
  /** @returns the name that it is asked for by */
  hold(ids: Int32Array): string;
  /** Throws `StudioError` ("not-found") where it gave way or never was. */
  get(name: string): Int32Array;
  clear(): void;
}

const HELD = 16;

export function createListings(): Listings {
  const held = new Map<string, Int32Array>();
  return {
    hold(ids) {
      const name = randomUUID();
      held.set(name, ids);
      for (const oldest of [...held.keys()].slice(0, -HELD)) held.delete(oldest);
      return name;
    },
    get(name) {
      const ids = held.get(name);
      if (!ids) {
        throw new StudioError('not-found', 'This list of images is no longer held.', {
          remedy: 'Search again.',
          details: { listing: name },
        });
      }
      // The one that is looked at is the last to give way.
      held.delete(name);
      held.set(name, ids);
      return ids;
    },
    clear: () => held.clear(),
  };
}
