import { toChannels } from '../../datasets/pixels/normalise.ts';
import { bitDepthOf, type Raster } from '../../datasets/pixels/raster.ts';

const BINS = 64;

/**
 * Counts of pixels by grey level, 0 to 255 in 64 bins of 4. Pictures of 16 bit are scaled to their brightest pixel (or
 * the given full scale), and what measures nothing (0) is left out: depth fills a small part of its range.
 */
export function greyLevels(images: readonly Raster[], fullScale?: number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  const greys = images.map((image) => toChannels(image, 1, 'mid-grey').pixels);
  const brightest = fullScale ?? greys.reduce((most, pixels) => Math.max(most, brightestOf(pixels)), 1);
  for (const pixels of greys) {
    const isDeep = bitDepthOf(pixels) === 16;
    const scale = (isDeep ? 255 / brightest : 1) / (256 / BINS);
    for (const value of pixels) {
      if (isDeep && value === 0) continue;
      counts[Math.min(BINS - 1, Math.floor(value * scale))] += 1;
    }
  }
  return counts;
}

function brightestOf(pixels: Uint8Array | Uint16Array): number {
  if (bitDepthOf(pixels) === 8) return 0;
  let most = 0;
  for (const value of pixels) if (value > most) most = value;
  return most;
}
