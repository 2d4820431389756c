import type { ImageBatch } from '../../base/image-batch.ts';
import type { Pack } from '../../datasets/pixels/pack.ts';

/** `most` places of a pack, evenly spread and ascending; all where there are no more. */
export function evenPlaces(count: number, most: number): Int32Array {
  const length = Math.min(count, most);
  return Int32Array.from({ length }, (_, index) => Math.floor(((index + 0.5) * count) / length));
}

/** The images at some places of a pack. */
export async function readBatch(pack: Pack, places: Int32Array): Promise<ImageBatch> {
  const { heightPx, widthPx, channels } = pack;
  const images = new Float32Array(places.length * heightPx * widthPx * channels);
  await pack.readImages(places, images);
  return { images, count: places.length, heightPx, widthPx, channels };
}
