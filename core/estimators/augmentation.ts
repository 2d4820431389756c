import type { ImageBatch } from '../base/image-batch.ts';
import type { Random } from '../base/random.ts';

/** Random variations that an image's label does not notice; each image draws its own. */
export interface Augmentation {
  /** Largest shift along each axis in whole pixels; border pixels repeat. A gaze is the same after it. */
  readonly shiftPx: number;
  /** Largest change of contrast: the gain lies in 1 ± this. */
  readonly contrast: number;
  /** Largest change of brightness, in units of the [−1, 1] range. */
  readonly brightness: number;
}

/** The varied batch; the batch itself where nothing is asked for. */
export function augment(
  batch: ImageBatch,
  augmentation: Augmentation | undefined,
  random: Random,
): ImageBatch {
  if (!augmentation) return batch;
  const { heightPx, widthPx, channels } = batch;
  const images = new Float32Array(batch.images.length);
  const drawShift = (): number => random.integer(2 * augmentation.shiftPx + 1) - augmentation.shiftPx;
  let place = 0;
  for (let index = 0; index < batch.count; index++) {
    const [shiftX, shiftY] = [drawShift(), drawShift()];
    const gain = 1 + random.range(-augmentation.contrast, augmentation.contrast);
    const offset = random.range(-augmentation.brightness, augmentation.brightness);
    for (let y = 0; y < heightPx; y++) {
      const row = index * heightPx + Math.max(0, Math.min(heightPx - 1, y - shiftY));
      for (let x = 0; x < widthPx; x++) {
        const column = Math.max(0, Math.min(widthPx - 1, x - shiftX));
        for (let channel = 0; channel < channels; channel++) {
          const value = gain * batch.images[(row * widthPx + column) * channels + channel] + offset;
          images[place++] = Math.max(-1, Math.min(1, value));
        }
      }
    }
  }
  return { ...batch, images };
}
