import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { contactSheet, type SheetImage } from '../../datasets/pixels/contact-sheet.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import type { Library } from '../../library/library.ts';
import { stepName } from '../../simgan/step-names.ts';
import type { Preview } from '../../simgan/training-job.ts';
import type { NearestReal } from './nearest-real.ts';

/** The strips of a preview, in the order in which they are shown. */
export const PREVIEW_KINDS = ['synthetic', 'refined', 'difference', 'patches', 'nearest-real'] as const;

export type PreviewKind = (typeof PREVIEW_KINDS)[number];

type ImageSize = Pick<TrainingConfig, 'widthPx' | 'heightPx' | 'channels'>;

/**
 * Writes a preview's strips as small PNGs into the run's folder and records them: the synthetic samples, the refined
 * ones, their signed difference, the discriminator's patch map (white: surely refined), and for each refined sample the
 * real image most like it.
 */
export async function writePreview(
  library: Library,
  runId: number,
  config: ImageSize,
  nearestReal: NearestReal,
  preview: Preview,
): Promise<void> {
  const { step, synthetic, refined, patchMaps, mapHeight, mapWidth } = preview;
  const count = patchMaps.length / (mapHeight * mapWidth);
  const strips: Record<PreviewKind, SheetImage[]> = {
    synthetic: picturesOf(synthetic, config),
    refined: picturesOf(refined, config),
    difference: picturesOf(differenceOf(synthetic, refined), config),
    patches: picturesOf(
      patchMaps.map((probability) => probability * 2 - 1),
      { widthPx: mapWidth, heightPx: mapHeight, channels: 1 },
    ),
    'nearest-real': picturesOf(await nearestReal.find({ ...config, images: refined, count }), config),
  };
  const files = Object.entries(strips).map(([kind, images]) => ({
    kind,
    path: `previews/${stepName(step)}-${kind}.png`,
    sheet: contactSheet(images, { columns: images.length, gapPx: 0 }),
  }));
  await Promise.all(
    files.map(({ path, sheet }) => writeFileAtomic(join(library.runFolder(runId), path), sheet)),
  );
  library.transaction(() => {
    for (const { kind, path } of files) library.previews.record(runId, { step, kind, path });
  });
}

/** [n, h, w, c] in [−1, 1] → 8-bit pictures. */
export function picturesOf(images: Float32Array, size: ImageSize): SheetImage[] {
  const { widthPx, heightPx, channels } = size;
  const length = widthPx * heightPx * channels;
  return Array.from({ length: images.length / length }, (_, index) => ({
    pixels: Uint8Array.from(images.subarray(index * length, (index + 1) * length), (value) =>
      Math.max(0, Math.min(255, Math.round((value + 1) * 127.5))),
    ),
    widthPx,
    heightPx,
    channels,
    bitDepth: 8,
  }));
}

/** x̃ − x on a fixed scale: mid-grey is no change, white +1, black −1 (half the range). */
export function differenceOf(synthetic: Float32Array, refined: Float32Array): Float32Array {
  return refined.map((value, index) => Math.max(-1, Math.min(1, value - synthetic[index])));
}
