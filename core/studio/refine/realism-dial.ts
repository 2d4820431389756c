import { z } from 'zod';
import { valuesPerImage, type ImageBatch } from '../../base/image-batch.ts';
import { keypointLayout } from '../../contract/keypoint-layouts.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import type { LabelledImage } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { polygonCoverage } from './polygon-coverage.ts';
import { preparedLabels } from './prepared-labels.ts';
import { preprocessingOf } from '../runs/runs.ts';

const dialSchema = z.strictObject({ alpha: z.number(), keepPupil: z.boolean() });

/** How far refined images of a checkpoint go: x + α(R(x) − x), the pupil left as it was or not. */
export type DialSetting = z.infer<typeof dialSchema>;

const DOCUMENT = 'dial setting';

/** Name of the document that keeps the dial of a checkpoint. */
export const DIAL_DOCUMENT = 'dial';

/** Whether images are what came out of the refiner. */
export function isFullRefinement({ alpha, keepPupil }: DialSetting): boolean {
  return alpha === 1 && !keepPupil;
}

/** "α = 0.5, the pupil as it was" */
export function describeDial({ alpha, keepPupil }: DialSetting): string {
  return `α = ${alpha}${keepPupil ? ', the pupil as it was' : ''}`;
}

/** What is set for a checkpoint; as refined where nothing is. */
export function dialSettingOf(library: Library, runId: number, step: number): DialSetting {
  const stored = library.documents.get(DOCUMENT, { runId, step });
  return stored ? dialSchema.parse(stored.content) : { alpha: 1, keepPupil: false };
}

/** Sets the dial of all refined images. How far they drift then is unknown until it is measured again. */
export function setDial(library: Library, runId: number, step: number, setting: DialSetting): void {
  library.transaction(() => {
    library.documents.put(DOCUMENT, setting, { runId, step });
    library.refinedImages.setAlpha(runId, step, setting.alpha);
  });
}

/** Turns refined images, as they came out of the refiner, into what the dial of their checkpoint makes of them. */
export type Blender = (imageIds: readonly number[], synthetic: ImageBatch, refined: ImageBatch) => ImageBatch;

/** @param asked in place of what is set for the checkpoint */
export function createBlender(library: Library, run: Run, step: number, asked?: DialSetting): Blender {
  const setting = asked ?? dialSettingOf(library, run.id, step);
  const { alpha, keepPupil } = setting;
  const preprocessing = preprocessingOf(library, run);
  return (imageIds, synthetic, refined) => {
    if (isFullRefinement(setting)) return refined;
    const labelled = keepPupil
      ? new Map(library.images.getMany(imageIds).map((image) => [image.id, image]))
      : undefined;
    const images = new Float32Array(refined.images.length);
    const size = valuesPerImage(refined);
    imageIds.forEach((id, index) => {
      const image = labelled?.get(id);
      const kept = image && pupilCoverage(image, preprocessing);
      const part = (batch: ImageBatch) => batch.images.subarray(index * size, (index + 1) * size);
      images.set(blendImage(part(synthetic), part(refined), alpha, kept), index * size);
    });
    return { ...refined, images };
  };
}

/**
 * x + α(x̃ − x) in [−1, 1], cut off at its ends. `kept` [h, w] is the share of each pixel that stays as it was; values are
 * [h, w, c].
 */
export function blendImage(
  synthetic: Float32Array,
  refined: Float32Array,
  alpha: number,
  kept?: Float32Array,
): Float32Array {
  const channels = kept ? synthetic.length / kept.length : 1;
  return synthetic.map((value, index) => {
    const share = kept ? alpha * (1 - kept[Math.floor(index / channels)]) : alpha;
    return Math.max(-1, Math.min(1, value + share * (refined[index] - value)));
  });
}

/** Share of each pixel of the prepared image that lies in the pupil; undefined where the labels have no contour of it. */
export function pupilCoverage(image: LabelledImage, preprocessing: Preprocessing): Float32Array | undefined {
  for (const label of preparedLabels(image, preprocessing)) {
    if (label.kind !== 'keypoints') continue;
    const { names } = keypointLayout(label.layout, label.points.length);
    const contour = label.points.filter((_, index) => /^pupil-\d+$/.test(names[index] ?? ''));
    if (contour.length < 3) continue;
    return polygonCoverage(contour, preprocessing);
  }
  return undefined;
}
