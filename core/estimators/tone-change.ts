import { GREY_LEVELS_PER_UNIT, valuesPerImage, type ImageBatch } from '../base/image-batch.ts';
import type { Random } from '../base/random.ts';

const NOISE_GREY = 8;

/**
 * What a refiner may do to a picture without moving anything: another gamma, contrast and brightness for each image,
 * and noise, cut to the range as any camera does. Labels stay true.
 */
export function changeTone(batch: ImageBatch, random: Random): ImageBatch {
  const size = valuesPerImage(batch);
  const images = new Float32Array(batch.images.length);
  for (let index = 0; index < batch.count; index++) {
    const gamma = Math.exp(random.range(-0.5, 0.5));
    const gain = random.range(0.6, 1.4);
    const offset = random.range(-0.1, 0.1);
    for (let place = index * size; place < (index + 1) * size; place++) {
      const light = Math.max(0, Math.min(1, (batch.images[place] + 1) / 2)) ** gamma;
      const noise = (NOISE_GREY / GREY_LEVELS_PER_UNIT) * random.normal();
      images[place] = Math.max(-1, Math.min(1, gain * (2 * light - 1) + offset + noise));
    }
  }
  return { ...batch, images };
}
