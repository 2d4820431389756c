import { valuesPerImage, type ImageBatch } from '../base/image-batch.ts';
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

/** How far an image moves, in whole pixels, to the right and down. */
export type Shift = readonly [x: number, y: number];

/** The varied batch; the batch itself where nothing is asked for. */
export function augment(
  batch: ImageBatch,
  augmentation: Augmentation | undefined,
  random: Random,
): ImageBatch {
  if (!augmentation) return batch;
  const drawn = Array.from({ length: batch.count }, () => ({
    shift: drawShift(augmentation.shiftPx, random),
    gain: 1 + random.range(-augmentation.contrast, augmentation.contrast),
    offset: random.range(-augmentation.brightness, augmentation.brightness),
  }));
  const shifted = shiftImages(
    batch,
    drawn.map(({ shift }) => shift),
  );
  const size = valuesPerImage(batch);
  const images = shifted.images.map((value, place) => {
    const { gain, offset } = drawn[Math.floor(place / size)];
    return Math.max(-1, Math.min(1, gain * value + offset));
  });
  return { ...batch, images };
}

/** A shift of at most `shiftPx` along each axis. */
export function drawShift(shiftPx: number, random: Random): Shift {
  const draw = (): number => random.integer(2 * shiftPx + 1) - shiftPx;
  return [draw(), draw()];
}

/** Every image moved by its own shift; border pixels repeat. */
export function shiftImages(batch: ImageBatch, shifts: readonly Shift[]): ImageBatch {
  const { heightPx, widthPx, channels } = batch;
  const images = new Float32Array(batch.images.length);
  let place = 0;
  for (let index = 0; index < batch.count; index++) {
    const [shiftX, shiftY] = shifts[index];
    for (let y = 0; y < heightPx; y++) {
      const row = index * heightPx + Math.max(0, Math.min(heightPx - 1, y - shiftY));
      for (let x = 0; x < widthPx; x++) {
        const column = Math.max(0, Math.min(widthPx - 1, x - shiftX));
        for (let channel = 0; channel < channels; channel++) {
          images[place++] = batch.images[(row * widthPx + column) * channels + channel];
        }
      }
    }
  }
  return { ...batch, images };
}
