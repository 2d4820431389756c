import type { Library } from '../../../library/library.ts';

/** Where an image stands in a pack. */
export type PackPlaces = (library: Library, packId: number, imageId: number) => number | undefined;

const KEPT_PACKS = 4;

/** Remembers the places of the packs that were looked at last: a window asks for hundreds of pictures of one. */
export function createPackPlaces(): PackPlaces {
  const kept = new Map<string, ReadonlyMap<number, number>>();
  return (library, packId, imageId) => {
    const pack = library.packs.get(packId);
    if (!pack) return undefined;
    const key = `${library.folder}:${packId}:${pack.sha256}`;
    let places = kept.get(key);
    if (!places) {
      places = new Map(Array.from(library.packs.imageIds(packId), (id, place) => [id, place]));
      kept.set(key, places);
      const [oldest] = kept.keys();
      if (kept.size > KEPT_PACKS) kept.delete(oldest);
    }
    return places.get(imageId);
  };
}
