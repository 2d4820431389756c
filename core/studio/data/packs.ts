import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mapOrdered } from '../../base/map-ordered.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import { removeTemporaryFiles } from '../../base/temporary-files.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { decodeImage } from '../../datasets/pixels/decode.ts';
import { createPackWriter } from '../../datasets/pixels/pack.ts';
import { prepareImage, preprocessingHash } from '../../datasets/pixels/prepare.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Image } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';
import type { Pack } from '../../library/packs.ts';

/** Which images of a dataset a pack holds. */
export type PackSplit = Pack['split'];

export interface PackOptions {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

export interface PackResult {
  readonly pack: Pack;
  /** Files that could not be read and are now marked as missing, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

const DECODING_AT_ONCE = 4;

/**
 * The pack of a dataset's usable images under a preprocessing: the one on record if it holds exactly these files and is
 * there, else a new one. A pack never changes, so that a run finds the pixels that it was trained on.
 *
 * An image whose file cannot be read is marked as missing and left out. Throws `StudioError` ("bad-input") when no
 * image is left.
 */
export async function ensurePack(
  library: Library,
  dataset: Dataset,
  split: PackSplit,
  preprocessing: Preprocessing,
  options: PackOptions,
): Promise<PackResult> {
  const images = usableImages(library, dataset, split);
  const key = packKey(preprocessing, images);
  const found = library.packs.find(dataset.id, split, key);
  if (found && existsSync(library.packPath(found.id))) return { pack: found, unreadable: [] };

  const folder = join(library.folder, 'packs');
  await clearUnfinished(folder);
  const temporary = join(folder, `${key}${UNFINISHED}`);
  const writer = await createPackWriter(temporary, { preprocessing });
  const packed: Image[] = [];
  const unreadable: { path: string; reason: string; id: number }[] = [];
  try {
    const prepared = mapOrdered(images, DECODING_AT_ONCE, async (image) => {
      options.signal.throwIfAborted();
      const path = join(dataset.rootPath, image.path);
      try {
        const decoded = await decodeImage(path, image.path, dataset.depth);
        const { pixels } = prepareImage(decoded, image.crop ?? undefined, preprocessing, image.path);
        return { image, pixels, decoder: decoded.decoder };
      } catch (error) {
        if (!(error instanceof StudioError)) throw error;
        return { image, reason: error.message };
      }
    });
    for await (const result of prepared) {
      if (result.pixels) {
        await writer.append(result.pixels, result.decoder);
        packed.push(result.image);
      } else {
        unreadable.push({ path: result.image.path, reason: result.reason, id: result.image.id });
      }
      options.onProgress({
        done: packed.length + unreadable.length,
        total: images.length,
        unit: 'images',
        label: `Packing ${dataset.name}`,
      });
    }
    library.images.setMissing(
      unreadable.map(({ id }) => id),
      true,
    );
    if (packed.length === 0) throw nothingUsable(dataset, images.length, unreadable.at(0)?.reason);
    const { sha256, decoder } = await writer.finish();
    const pack = library.transaction(() => {
      const recorded = library.packs.record({
        datasetId: dataset.id,
        split,
        preprocessingHash: packKey(preprocessing, packed),
        preprocessing,
        widthPx: preprocessing.widthPx,
        heightPx: preprocessing.heightPx,
        channels: preprocessing.channels,
        bitDepth: preprocessing.bitDepth,
        decoder,
        sha256,
        imageIds: packed.map(({ id }) => id),
      });
      renameSync(temporary, library.packPath(recorded.id));
      return recorded;
    });
    return { pack, unreadable };
  } finally {
    await writer.abort();
  }
}

/** End of the name of a pack that is not on record yet. */
const UNFINISHED = '.new';

/** Clears what a process left that was killed while it made a pack. */
async function clearUnfinished(folder: string): Promise<void> {
  await removeTemporaryFiles(folder);
  for (const name of await readdir(folder)) {
    if (name.endsWith(UNFINISHED)) await rm(join(folder, name), { force: true });
  }
}

/** Images that are neither excluded nor missing, in id order. */
function usableImages(library: Library, dataset: Dataset, split: PackSplit): Image[] {
  const images: Image[] = [];
  for (const image of library.images.ofDataset(dataset.id, split === 'all' ? {} : { split })) {
    if (image.excludedReason === null && !image.missing) images.push(image);
  }
  if (images.length === 0) throw nothingUsable(dataset, 0);
  return images;
}

/** Names the preprocessing together with the exact files. */
function packKey(preprocessing: Preprocessing, images: readonly Image[]): string {
  const files = createHash('sha256');
  for (const { id, fileSha256 } of images) files.update(`${id}:${fileSha256};`);
  return `${preprocessingHash(preprocessing)}-${files.digest('hex').slice(0, 16)}`;
}

function nothingUsable(dataset: Dataset, tried: number, firstReason = ''): StudioError {
  return new StudioError(
    'bad-input',
    tried === 0
      ? `The dataset "${dataset.name}" has no usable image.`
      : `None of the ${tried} images of "${dataset.name}" could be read below ${dataset.rootPath}. The first: ${firstReason}`,
    {
      remedy:
        tried === 0
          ? 'Import images into it, or put excluded ones back.'
          : 'Check that the folder is where it was when it was imported; if it was moved, import it again.',
      details: { dataset: dataset.name, folder: dataset.rootPath },
    },
  );
}
