/** Of each kind of name at most so many label files are looked at when a format is recognised. */
const MOST_OF_A_KIND = 200;

/** A part of many files. */
export interface Sampled<Item> {
  readonly item: Item;
  /** How many files it stands for, itself included. */
  readonly standsFor: number;
}

/** What names have in common that differ in numbers or hashes only: "imgs/0012.json" → "imgs/#.json". */
export const nameKind = (path: string): string => path.replaceAll(HASH, '#').replaceAll(/\d+/g, '#');

/** Hexadecimal digits that stand alone, with one at least that is no letter. */
const HASH = /(?<![a-z0-9])(?=[a-f]*\d)[0-9a-f]{4,}(?![a-z0-9])/gi;

/**
 * The first, the last, and some between them of each kind of name, so that a file whose name is unlike the others is
 * always looked at.
 */
export function sampleNames<Item extends { readonly path: string }>(items: readonly Item[]): Sampled<Item>[] {
  return [...Map.groupBy(items, ({ path }) => nameKind(path)).values()].flatMap((kind) => {
    const looked = spread(kind, MOST_OF_A_KIND);
    return looked.map((item) => ({ item, standsFor: kind.length / looked.length }));
  });
}

function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, place) => items[Math.round(place * step)]);
}
