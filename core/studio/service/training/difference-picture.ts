import type { ImageBatch } from '../../../base/image-batch.ts';

/** Okabe–Ito: told apart with every kind of colour vision. */
const LIGHTER = [230, 159, 0] as const;
const DARKER = [0, 114, 178] as const;
const UNCHANGED = 128;

/**
 * x̃ − x as RGB, row by row: orange is lighter, blue darker, grey unchanged, in full at half of the range (255 grey levels)
 * divided by the gain. The mean over the channels of both images, which hold one image each.
 */
export function differencePicture(synthetic: ImageBatch, refined: ImageBatch, gain: number): Uint8Array {
  const { channels, heightPx, widthPx } = synthetic;
  const picture = new Uint8Array(heightPx * widthPx * 3);
  for (let pixel = 0; pixel < heightPx * widthPx; pixel++) {
    let difference = 0;
    for (let channel = 0; channel < channels; channel++) {
      const at = pixel * channels + channel;
      difference += (refined.images[at] - synthetic.images[at]) / channels;
    }
    const share = Math.max(-1, Math.min(1, difference * gain));
    const end = share > 0 ? LIGHTER : DARKER;
    for (let channel = 0; channel < 3; channel++) {
      picture[pixel * 3 + channel] = Math.round(UNCHANGED + Math.abs(share) * (end[channel] - UNCHANGED));
    }
  }
  return picture;
}
