import type { Random } from '../../core/base/random.ts';

/** The history buffer of the paper's §2.3 as a plain list of images, in float64 but kept in 65536 levels as ours are. */
export interface ReferenceHistory {
  readonly images: readonly Float64Array[];
  /** `count` distinct images; they stay in the buffer. */
  sample(count: number, random: Random): Float64Array[];
  /** Puts images in: appended while there is room, then in place of distinct random older ones. */
  replace(images: readonly Float64Array[], random: Random): void;
}

export function createReferenceHistory(capacity: number): ReferenceHistory {
  const kept: Float64Array[] = [];

  /** The first `count` of a shuffled list of all places. */
  const choosePlaces = (count: number, random: Random): number[] => {
    const places = kept.map((_, place) => place);
    for (let index = 0; index < count; index++) {
      const other = index + random.integer(places.length - index);
      [places[index], places[other]] = [places[other], places[index]];
    }
    return places.slice(0, count);
  };
  const toLevels = (image: Float64Array): Float64Array =>
    image.map((value) => (Math.round(((value + 1) / 2) * 65535) / 65535) * 2 - 1);

  return {
    images: kept,
    sample: (count, random) => choosePlaces(count, random).map((place) => kept[place]),
    replace(images, random) {
      const room = Math.min(capacity - kept.length, images.length);
      const places = choosePlaces(images.length - room, random);
      images.slice(room).forEach((image, index) => (kept[places[index]] = toLevels(image)));
      for (const image of images.slice(0, room)) kept.push(toLevels(image));
    },
  };
}
