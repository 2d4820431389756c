export type Pixels = Uint8Array | Uint16Array;

/** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
export type ChannelCount = 1 | 2 | 3 | 4;

export type BitDepth = 8 | 16;

/** A picture in memory: rows from the top, channels interleaved, `Uint16Array` where it has 16 bits. */
export interface Raster {
  readonly pixels: Pixels;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: ChannelCount;
}

export function bitDepthOf(pixels: Pixels): BitDepth {
  return pixels instanceof Uint16Array ? 16 : 8;
}

/** The brightest value of a bit depth. */
export function whiteOf(bitDepth: BitDepth): number {
  return bitDepth === 16 ? 65535 : 255;
}

export function newPixels(length: number, bitDepth: BitDepth): Pixels {
  return bitDepth === 16 ? new Uint16Array(length) : new Uint8Array(length);
}
