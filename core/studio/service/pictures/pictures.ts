import { join } from 'node:path';
import { z } from 'zod';
import { createLimiter } from '../../../base/limiter.ts';
import { StudioError } from '../../../base/studio-error.ts';
import { preprocessingSchema } from '../../../contract/preprocessing.ts';
import { readPicture } from '../../../datasets/pixels/decode.ts';
import { prepareImage } from '../../../datasets/pixels/prepare.ts';
import type { StudioContext } from '../context.ts';
import { imagePath, mustGetImage } from '../data/images.ts';
import type { ImportSamples } from '../data/import-samples.ts';
import type { StudioResource } from '../studio.ts';
import {
  renderFile,
  renderRaster,
  renderStored,
  type EncodedPicture,
  type PictureRequest,
} from './render-picture.ts';
import { createThumbnailCache } from './thumbnail-cache.ts';

/** Answers addresses of `imageUrl` and `sampleUrl`; undefined for those of others. Throws `StudioError`. */
export type Pictures = (url: URL) => Promise<StudioResource | undefined>;

/** More would only wait for the same disk and processors. */
const AT_WORK = 4;

/** Pictures of an address with the library's number change with the library, so that they are asked for anew. */
const ASK_AGAIN = 0;
/** A sample has a name that is never used twice. */
const SAMPLE_SECONDS = 3600;

const wholeNumber = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);

const querySchema = z.object({
  size: z.union([z.enum(['full', 'stored']), wholeNumber.pipe(z.number().min(8).max(4096))]).default('full'),
  low: wholeNumber.pipe(z.number().max(65_535)).optional(),
  high: wholeNumber.pipe(z.number().max(65_535)).optional(),
  invert: z.enum(['0', '1', 'false', 'true']).optional(),
  preprocessing: z.string().max(4096).optional(),
});

/** @param folder of pictures that were made smaller, in the user's cache */
export function createPictures(
  { library }: Pick<StudioContext, 'library'>,
  samples: ImportSamples,
  folder: string,
): Pictures {
  const cache = createThumbnailCache(folder);
  const limit = createLimiter(AT_WORK);

  const imagePicture = async (id: number, query: z.output<typeof querySchema>): Promise<EncodedPicture> => {
    const image = mustGetImage(library(), id);
    const path = imagePath(library(), image);
    if (query.size === 'stored') {
      return limit(async () => renderStored(await readPicture(path, image.path), image.path));
    }
    const request = pictureRequest(query);
    const make = async (): Promise<EncodedPicture> =>
      renderFile(await readPicture(path, image.path), request, image.path);
    // As it is, or as large as it is: making it is no dearer than finding it.
    const isSmall = request.size === 'full' || Math.max(image.widthPx, image.heightPx) <= request.size;
    if (isSmall) return limit(make);
    const bytes = await cache.get(keyOf(image.fileSha256, request), async () => (await limit(make)).bytes);
    return { type: 'image/webp', bytes };
  };
  const samplePicture = async (
    name: string,
    place: number,
    query: z.output<typeof querySchema>,
  ): Promise<EncodedPicture> => {
    const image = samples.get(name).images.at(place);
    if (!image) throw notThere(`This look at a folder has no image ${place}.`);
    const preprocessing =
      query.preprocessing === undefined ? undefined : parsePreprocessing(query.preprocessing);
    if (!preprocessing) return limit(() => renderRaster(image.decoded, pictureRequest(query)));
    const { widthPx, heightPx, channels } = preprocessing;
    const { pixels } = prepareImage(image.decoded, image.crop, preprocessing, image.path);
    return limit(() => renderRaster({ pixels, widthPx, heightPx, channels }, pictureRequest(query)));
  };

  return async (url) => {
    const [, domain, kind, name, place, ...rest] = url.pathname.split('/');
    if (domain !== 'pictures' || rest.length > 0) return undefined;
    if (kind === 'images' && place === undefined) {
      return resource(await imagePicture(parseId(name), parseQuery(url)), ASK_AGAIN);
    }
    if (kind === 'samples' && place !== undefined) {
      return resource(await samplePicture(name, parseId(place), parseQuery(url)), SAMPLE_SECONDS);
    }
    return undefined;
  };
}

/** The cache's folder for pictures, below the program's own. */
export const thumbnailFolder = (cacheFolder: string): string => join(cacheFolder, 'thumbnails');

function resource({ type, bytes }: EncodedPicture, maxAgeSeconds: number): StudioResource {
  return { status: 200, type, body: bytes, maxAgeSeconds };
}

function pictureRequest({ size: asked, low, high, invert }: z.output<typeof querySchema>): PictureRequest {
  const size = asked === 'stored' ? 'full' : asked;
  if (low === undefined && high === undefined && invert === undefined) return { size, window: undefined };
  return { size, window: { low, high, invert: invert === '1' || invert === 'true' } };
}

function keyOf(fileSha256: string, { size, window }: PictureRequest): string {
  const levels = window
    ? `-${window.low ?? 'own'}-${window.high ?? 'own'}-${window.invert ? 'near' : 'far'}`
    : '';
  return `${fileSha256}-${size}${levels}`;
}

function parseQuery(url: URL): z.output<typeof querySchema> {
  const parsed = querySchema.safeParse(Object.fromEntries(url.searchParams));
  if (parsed.success) return parsed.data;
  throw new StudioError(
    'bad-usage',
    `The address of this picture is not right: ${z.prettifyError(parsed.error)}`,
    {
      remedy: 'Window and studio are of different versions: reload the window.',
      cause: parsed.error,
    },
  );
}

function parseId(text: string): number {
  const parsed = wholeNumber.safeParse(text);
  if (parsed.success) return parsed.data;
  throw notThere('There is no such picture.');
}

function parsePreprocessing(text: string): z.output<typeof preprocessingSchema> {
  try {
    return preprocessingSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new StudioError('bad-usage', 'The preprocessing in the address of this picture is not right.', {
      remedy: 'Window and studio are of different versions: reload the window.',
      cause: error,
    });
  }
}

function notThere(message: string): StudioError {
  return new StudioError('not-found', message, { remedy: 'Reload what shows it.' });
}
