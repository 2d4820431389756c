import { join } from 'node:path';
import { z } from 'zod';
import { createLimiter } from '../../../base/limiter.ts';
import { StudioError } from '../../../base/studio-error.ts';
import { colourMaps } from '../../../contract/colour-maps.ts';
import { depthMapsSchema, type DepthMaps } from '../../../contract/depth-maps.ts';
import { preprocessingSchema } from '../../../contract/preprocessing.ts';
import { readPicture } from '../../../datasets/pixels/decode.ts';
import { prepareImage } from '../../../datasets/pixels/prepare.ts';
import type { StudioContext } from '../context.ts';
import { imagePath, mustGetImage } from '../data/images.ts';
import { readSample, type ImportSamples } from '../data/import-samples.ts';
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
  map: z.enum(colourMaps).optional(),
  preprocessing: z.string().max(4096).optional(),
  depth: z.string().max(4096).optional(),
  crop: z.literal('1').optional(),
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
    const depth = library().datasets.get(image.datasetId)?.depth ?? null;
    if (query.size === 'stored') {
      return limit(async () => renderStored(await readPicture(path, image.path), image.path, depth));
    }
    const request = pictureRequest(query, depth, image.bitDepth);
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
      query.preprocessing === undefined ? undefined : parsePart(preprocessingSchema, query.preprocessing);
    const depth = query.depth === undefined ? null : parsePart(depthMapsSchema, query.depth);
    const { raster, crop } = readSample(image, depth, query.crop !== undefined);
    if (!preprocessing) {
      return limit(() =>
        renderRaster(raster, {
          ...pictureRequest(query, depth, image.decoded.bitDepth),
          used: query.crop && crop,
        }),
      );
    }
    const { widthPx, heightPx, channels } = preprocessing;
    const { pixels } = prepareImage(raster, crop, preprocessing, image.path);
    // Prepared depth begins with the window.
    const shown = pictureRequest(query, depth && { ...depth, foregroundOffsetMm: 0 }, preprocessing.bitDepth);
    return limit(() => renderRaster({ pixels, widthPx, heightPx, channels }, shown));
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

/** Whether an address is of `sampleUrl`: of a folder that is looked at, not of a library. */
export const isSample = (url: URL): boolean => url.pathname.startsWith('/pictures/samples/');

/** The cache's folder for pictures, below the program's own. */
export const thumbnailFolder = (cacheFolder: string): string => join(cacheFolder, 'thumbnails');

function resource({ type, bytes }: EncodedPicture, maxAgeSeconds: number): StudioResource {
  return { status: 200, type, body: bytes, maxAgeSeconds };
}

/**
 * Depth maps are shown in the window of their dataset, near bright, where nothing else is asked for; other pictures of 16
 * bit over their own range.
 */
function pictureRequest(
  query: z.output<typeof querySchema>,
  depth: DepthMaps | null,
  bitDepth: number,
): PictureRequest {
  const { low, high, invert, map } = query;
  const size = query.size === 'stored' ? 'full' : query.size;
  const isAsked = [low, high, invert, map].some((value) => value !== undefined);
  if (!isAsked && !depth && bitDepth === 8) return { size, window: undefined };
  const own = depth && { low: depth.foregroundOffsetMm, high: depth.foregroundOffsetMm + depth.windowMm };
  const isInverted = invert === undefined ? depth !== null : invert === '1' || invert === 'true';
  return { size, depth, window: { low: low ?? own?.low, high: high ?? own?.high, invert: isInverted, map } };
}

function keyOf(fileSha256: string, { size, window, depth }: PictureRequest): string {
  const { low = 'own', high = 'own', invert = false, map = 'grey' } = window ?? {};
  const levels = window ? `-${low}-${high}-${invert ? 'near' : 'far'}-${map}` : '';
  const reading = depth ? `-${depth.encoding}-${(depth.invalidMm ?? []).join('_')}` : '';
  return `${fileSha256}-${size}${levels}${reading}`;
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

function parsePart<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new StudioError('bad-usage', 'A part of the address of this picture is not right.', {
      remedy: 'Window and studio are of different versions: reload the window.',
      cause: error,
    });
  }
}

function notThere(message: string): StudioError {
  return new StudioError('not-found', message, { remedy: 'Reload what shows it.' });
}
