import { join } from 'node:path';
import { StudioError } from '../../base/studio-error.ts';
import type { DepthMaps } from '../../contract/depth-maps.ts';
import { decodeImage, readPicture } from '../pixels/decode.ts';
import { boxAround, depthStatistics, readDepth } from '../pixels/depth.ts';
import type { Box } from '../pixels/geometry.ts';
import { sha256OfPixels } from '../pixels/hash.ts';
import { greyStatistics } from '../pixels/normalise.ts';
import type { BitDepth, ChannelCount } from '../pixels/raster.ts';
import type { SkippedFile } from './import-item.ts';

export { checkLabels } from './check-labels.ts';

/** What the library records about a picture file. */
export interface InspectedImage {
  readonly kind: 'inspected';
  readonly fileSha256: string;
  /** Upright, as `decodeImage` gives it. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: ChannelCount;
  readonly bitDepth: BitDepth;
  /** Grey levels on 0…255, of the whole picture; of a depth map millimetres, of what was measured. */
  readonly greyMean: number;
  readonly greyDeviation: number;
  /** Of a depth map: a square around what lies in its window. */
  readonly foreground?: Box;
  readonly decoder: string;
}

/**
 * Reads and decodes a picture once; one that cannot be is skipped with the reason, and so is a depth map that measures
 * nothing inside its window.
 * @param path relative to the folder; messages name it
 */
export async function inspectImage(
  folder: string,
  path: string,
  depth: DepthMaps | null = null,
): Promise<InspectedImage | SkippedFile> {
  try {
    return await inspect(folder, path, depth);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { kind: 'skipped', path, reason: 'unreadable', message: error.message };
  }
}

async function inspect(
  folder: string,
  path: string,
  depth: DepthMaps | null,
): Promise<InspectedImage | SkippedFile> {
  const bytes = await readPicture(join(folder, path), path);
  const decoded = await decodeImage(bytes, path);
  const { widthPx, heightPx, channels, bitDepth, decoder } = decoded;
  const file = { kind: 'inspected', fileSha256: sha256OfPixels(bytes), widthPx, heightPx, decoder } as const;
  if (!depth) {
    const { mean, deviation } = greyStatistics(decoded);
    return { ...file, channels, bitDepth, greyMean: mean, greyDeviation: deviation };
  }
  const raster = readDepth(decoded, depth, path);
  const foreground = boxAround(raster, depth);
  if (!foreground) return { kind: 'skipped', path, reason: 'nothing-measured', message: nothingIn(depth) };
  const { meanMm, deviationMm } = depthStatistics(raster.pixels);
  const statistics = { greyMean: meanMm, greyDeviation: deviationMm };
  return { ...file, channels: 1, bitDepth: 16, ...statistics, foreground };
}

function nothingIn({ foregroundOffsetMm, windowMm }: DepthMaps): string {
  return `Measures nothing between ${foregroundOffsetMm} and ${foregroundOffsetMm + windowMm} mm.`;
}
