import { readPicture } from '../../../datasets/pixels/decode.ts';
import type { Library } from '../../../library/library.ts';
import { imagePath } from '../data/images.ts';
import { renderFile } from '../pictures/render-picture.ts';

const SIZE_PX = 96;

/**
 * A small picture of a library for the list of recent ones: its first image, as a data URL, since it is kept to be shown
 * while another library is open. Null where there is none that can be read. The library may be closed as soon as this
 * was called.
 */
export async function libraryPicture(library: Library): Promise<string | null> {
  const { images } = library.imageSearch.page({ excluded: false, missing: false }, { limit: 1 });
  const image = images.at(0);
  if (!image) return null;
  const path = imagePath(library, image);
  const depth = library.datasets.get(image.datasetId)?.depth ?? null;
  try {
    const bytes = await readPicture(path, image.path);
    const own = depth && { low: depth.foregroundOffsetMm, high: depth.foregroundOffsetMm + depth.windowMm };
    const window = own ? { ...own, invert: true } : undefined;
    const small = await renderFile(bytes, { size: SIZE_PX, window, depth }, image.path);
    return `data:${small.type};base64,${Buffer.from(small.bytes).toString('base64')}`;
  } catch {
    // A file that is gone or damaged is told of where the library's images are; here it has just no picture.
    return null;
  }
}
