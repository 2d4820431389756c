import { join } from 'node:path';
import type { z } from 'zod';
import { StudioError } from '../../../base/studio-error.ts';
import type { gridImageSchema } from '../../../contract/operations/images.ts';
import type { ImageFilter } from '../../../library/image-filter.ts';
import type { LabelledImage } from '../../../library/images.ts';
import type { Library } from '../../../library/library.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import type { DataState } from './data-state.ts';

type GridImage = z.infer<typeof gridImageSchema>;

/** Searching images and looking at them. A search is held, so that its windows stay where they are. */
export function imageHandlers(
  { library }: Pick<StudioContext, 'library'>,
  { listings, index }: Pick<DataState, 'listings' | 'index'>,
): HandlersOf<'images'> {
  return {
    images: {
      async open({ filter, sort }) {
        const ids = await index().sortedIds(filter, sort);
        return { listing: listings.hold(ids), count: ids.length };
      },
      window({ listing, from, count }) {
        const ids = listings.get(listing).subarray(from, from + count);
        return gridImages(library(), library().images.getMany([...ids]));
      },
      locate({ listing, imageId }) {
        const place = listings.get(listing).indexOf(imageId);
        return { place: place < 0 ? null : place };
      },
      get: ({ id }) => imageDetails(library(), id),
      async facets({ filter, bins }) {
        const { histograms, categories, ...facets } = await index().facets(filter, bins);
        return {
          ...facets,
          histograms: histograms.map((histogram) => ({ ...histogram, counts: [...histogram.counts] })),
          categories: [...categories],
          tags: tagCounts(library(), filter),
        };
      },
    },
  };
}

/** Of all images, tags are counted without a look at the images. */
function tagCounts({ imageSearch, tags }: Library, filter: ImageFilter) {
  if (Object.keys(filter).length > 0) return imageSearch.tagCounts(filter);
  return tags.list().map(({ name, images }) => ({ value: name, count: images }));
}

/** The image of an id; throws `StudioError` ("not-found"). */
export function mustGetImage(library: Library, id: number): LabelledImage {
  const image = library.images.get(id);
  if (image) return image;
  throw new StudioError('not-found', `There is no image ${id} in this library.`, {
    remedy: 'Search again: its dataset may have been removed.',
    details: { imageId: id },
  });
}

/** Where an image's file is, or was when it was imported. */
export function imagePath(library: Library, image: Pick<LabelledImage, 'datasetId' | 'path'>): string {
  return join(library.datasets.get(image.datasetId)?.rootPath ?? library.folder, image.path);
}

function gridImages(library: Library, images: readonly LabelledImage[]): GridImage[] {
  const tags = library.tags.ofMany(images.map(({ id }) => id));
  const roles = new Map(library.datasets.list().map(({ id, role }) => [id, role]));
  return images.map((image) => ({
    id: image.id,
    datasetId: image.datasetId,
    role: roles.get(image.datasetId) ?? 'synthetic',
    path: image.path,
    widthPx: image.widthPx,
    heightPx: image.heightPx,
    bitDepth: image.bitDepth,
    greyMean: image.greyMean,
    greyDeviation: image.greyDeviation,
    split: image.split,
    duplicateOf: image.duplicateOf,
    excludedReason: image.excludedReason,
    missing: image.missing,
    tags: tags.get(image.id) ?? [],
    annotations: [...image.annotations],
  }));
}

function imageDetails(library: Library, id: number) {
  const image = mustGetImage(library, id);
  const [shown] = gridImages(library, [image]);
  return {
    ...shown,
    absolutePath: imagePath(library, image),
    fileSha256: image.fileSha256,
    channels: image.channels,
    crop: image.crop,
    source: image.source,
    edits: library.edits.ofImage(id).map(({ title, at, undone }) => ({ title, at, undone })),
  };
}
