import { basename } from 'node:path';
import { z } from 'zod';
import { greyLevels } from '../../data/grey-levels.ts';
import type { DepthMaps } from '../../../contract/depth-maps.ts';
import type { Preprocessing } from '../../../contract/preprocessing.ts';
import { detectFormat, importerOf, importers } from '../../../datasets/importers/importers.ts';
import { decodeImage } from '../../../datasets/pixels/decode.ts';
import { prepareImage } from '../../../datasets/pixels/prepare.ts';
import type { Box } from '../../../datasets/pixels/geometry.ts';
import type { Raster } from '../../../datasets/pixels/raster.ts';
import type { DatasetRole } from '../../../library/datasets.ts';
import type { Library } from '../../../library/library.ts';
import { importInputSchema } from '../../jobs/data-job-inputs.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { requireWithinRoots } from '../system/roots.ts';
import { imagePath } from './images.ts';
import { readSample, type ImportSamples, type SampleImage } from './import-samples.ts';

/** Images of the other domain whose grey levels a shape is compared with. */
const OTHER_IMAGES = 24;

/** Files that may hold labels and are not read, named with a sample. */
const MOST_UNREAD = 20;

export function importHandlers(
  {
    library,
    libraryIfOpen,
    jobs,
    shell,
  }: Pick<StudioContext, 'library' | 'libraryIfOpen' | 'jobs' | 'shell'>,
  samples: ImportSamples,
): HandlersOf<'import'> {
  return {
    import: {
      formats: () =>
        importers.map(({ id, title, describes, roles, optionsSchema }) => ({
          id,
          title,
          describes,
          roles: [...roles],
          optionsSchema: z.toJSONSchema(optionsSchema, { io: 'input' }),
        })),
      async detect({ folder }) {
        const detected = await detectFormat(requireWithinRoots(shell, folder));
        return detected.map(({ importer, confidence, why }) => ({
          id: importer.id,
          title: importer.title,
          confidence,
          why,
        }));
      },
      async sample({ role, folder, format, options, count }) {
        const root = requireWithinRoots(shell, folder);
        const { importer, why, unread } = await importerOf(root, role, format ?? undefined, options);
        const sample = await samples.take({ role, folder: root, importer, options, count });
        return {
          sample: sample.name,
          format: importer.id,
          why,
          images: sample.images.map(({ path, annotations, decoded, crop }) => ({
            path,
            widthPx: decoded.widthPx,
            heightPx: decoded.heightPx,
            bitDepth: decoded.bitDepth,
            channels: decoded.channels,
            crop: crop ?? null,
            annotations: [...annotations],
          })),
          depth: sample.depth ?? null,
          cropToDepth: sample.depth !== undefined && fillsLittle(sample.images, sample.depth),
          skipped: sample.skipped.map(({ kind: _kind, picture: _picture, ...skipped }) => skipped),
          unread: unread.slice(0, MOST_UNREAD),
        };
      },
      async shape({ sample: name, preprocessing, depth, cropToDepth }) {
        const { role, images } = samples.get(name);
        const rasters = images.map((image) => readSample(image, depth, cropToDepth));
        const open = libraryIfOpen();
        return {
          before: greyLevels(rasters.map(({ raster }) => raster)),
          after: greyLevels(prepared(rasters, preprocessing), preprocessing.depth?.windowMm),
          otherDomain: open ? await levelsOfOther(open, role, preprocessing) : null,
        };
      },
      start(order) {
        const folder = requireWithinRoots(shell, order.folder);
        // Asked for before the job is made, so that nothing waits for a library that is not there.
        library();
        const input = importInputSchema.parse({ ...order, folder });
        const job = jobs.start({
          kind: 'import',
          title: `Importing ${order.name ?? basename(folder)}`,
          lane: 'data',
          input,
        });
        return { jobId: job.id };
      },
    },
  };
}

const LITTLE = 0.5;

/** Whether what lies in the depth window fills less than half of most pictures, and the format has no crop of its own. */
function fillsLittle(images: readonly SampleImage[], depth: DepthMaps): boolean {
  const little = images.filter((image) => {
    const { raster, crop } = readSample(image, depth, true);
    return !image.crop && crop && crop.width * crop.height < LITTLE * raster.widthPx * raster.heightPx;
  });
  return little.length > images.length / 2;
}

function prepared(
  images: readonly { readonly raster: Raster; readonly crop: Box | undefined }[],
  preprocessing: Preprocessing,
): Raster[] {
  const { widthPx, heightPx, channels } = preprocessing;
  return images.map(({ raster, crop }) => ({
    pixels: prepareImage(raster, crop, preprocessing).pixels,
    widthPx,
    heightPx,
    channels,
  }));
}

/** Grey levels of the other domain's images in the same shape; null where there is none that fits it. */
async function levelsOfOther(
  library: Library,
  role: DatasetRole,
  preprocessing: Preprocessing,
): Promise<number[] | null> {
  const other = role === 'synthetic' ? 'real' : 'synthetic';
  const { images } = library.imageSearch.page(
    { role: other, excluded: false, missing: false },
    { limit: OTHER_IMAGES },
  );
  const rasters = await Promise.all(
    images.map(async (image) => {
      try {
        const depth = library.datasets.get(image.datasetId)?.depth;
        const raster = await decodeImage(imagePath(library, image), image.path, depth);
        return prepared([{ raster, crop: image.crop ?? undefined }], preprocessing);
      } catch {
        // One that cannot be read, or not in this shape, says nothing of the domain.
        return [];
      }
    }),
  );
  const usable = rasters.flat();
  return usable.length === 0 ? null : greyLevels(usable, preprocessing.depth?.windowMm);
}
