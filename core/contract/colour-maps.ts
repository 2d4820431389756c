/** Colours in which numbers are shown: depth, counts. */
export const colourMaps = ['grey', 'viridis', 'cividis', 'turbo'] as const;
export type ColourMap = (typeof colourMaps)[number];

/** Evenly spaced colours of each map; those between are mixed. Sources: matplotlib (viridis, cividis), Google (turbo). */
const ANCHORS: Readonly<Record<ColourMap, readonly number[]>> = {
  grey: [0x000000, 0xffffff],
  viridis: [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725],
  cividis: [0x00224e, 0x1a386f, 0x434e6c, 0x61656f, 0x7d7c78, 0x9b9476, 0xbcae6c, 0xdec958, 0xfee838],
  turbo: [0x30123b, 0x4662d8, 0x36aaf9, 0x1ae4b6, 0x72fe5e, 0xc8ef34, 0xfaba39, 0xf66b19, 0x7a0403],
};

/** The colour of a share from 0 to 1, as red, green and blue of 0 to 255. */
export function colourAt(map: ColourMap, share: number): readonly [number, number, number] {
  const anchors = ANCHORS[map];
  const place = Math.min(1, Math.max(0, share)) * (anchors.length - 1);
  const left = Math.min(anchors.length - 2, Math.floor(place));
  const rest = place - left;
  const channel = (shift: number): number => {
    const from = ((anchors[left] ?? 0) >> shift) & 255;
    const to = ((anchors[left + 1] ?? 0) >> shift) & 255;
    return Math.round(from + (to - from) * rest);
  };
  return [channel(16), channel(8), channel(0)];
}
