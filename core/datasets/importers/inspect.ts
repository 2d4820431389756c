import { join } from 'node:path';
import { StudioError } from '../../base/studio-error.ts';
import { decodeImage, readPicture } from '../pixels/decode.ts';
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
  /** Grey levels on 0…255, of the whole picture. */
  readonly greyMean: number;
  readonly greyDeviation: number;
  readonly decoder: string;
}

/**
 * Reads and decodes a picture once; one that cannot be is skipped with the reason.
 * @param path relative to the folder; messages name it
 */
export async function inspectImage(folder: string, path: string): Promise<InspectedImage | SkippedFile> {
  try {
    return await inspect(folder, path);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { kind: 'skipped', path, reason: 'unreadable', message: error.message };
  }
}

async function inspect(folder: string, path: string): Promise<InspectedImage> {
  const bytes = await readPicture(join(folder, path), path);
  const decoded = await decodeImage(bytes, path);
  const { mean, deviation } = greyStatistics(decoded);
  const { widthPx, heightPx, channels, bitDepth, decoder } = decoded;
  return {
    kind: 'inspected',
    fileSha256: sha256OfPixels(bytes),
    widthPx,
    heightPx,
    channels,
    bitDepth,
    greyMean: mean,
    greyDeviation: deviation,
    decoder,
  };
}
