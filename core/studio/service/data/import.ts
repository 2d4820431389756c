import { basename } from 'node:path';
import { z } from 'zod';
import { greyLevels } from '../../grey-levels.ts';
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
import type { ImportSamples } from './import-samples.ts';

/** Images of the other domain whose grey levels a shape is compared with. */
const OTHER_IMAGES = 24;

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
        const { importer, why } = await importerOf(root, role, format ?? undefined);
        const sample = await samples.take({ role, folder: root, importer, options, count });
        return {
          sample: sample.name,
          format: importer.id,
          why,
          images: sample.images.map(({ path, annotations, decoded }) => ({
            path,
            widthPx: decoded.widthPx,
            heightPx: decoded.heightPx,
            bitDepth: decoded.bitDepth,
            annotations: [...annotations],
          })),
          skipped: sample.skipped.map(({ kind: _kind, ...skipped }) => skipped),
        };
      },
      async shape({ sample: name, preprocessing }) {
        const { role, images } = samples.get(name);
        const rasters = images.map(({ decoded, crop }) => ({ image: decoded, crop }));
        const open = libraryIfOpen();
        return {
          before: greyLevels(rasters.map(({ image }) => image)),
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

function prepared(
  images: readonly { readonly image: Raster; readonly crop: Box | undefined }[],
  preprocessing: Preprocessing,
): Raster[] {
  const { widthPx, heightPx, channels } = preprocessing;
  return images.map(({ image, crop }) => ({
    pixels: prepareImage(image, crop, preprocessing).pixels,
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
        const decoded = await decodeImage(imagePath(library, image), image.path);
        return prepared([{ image: decoded, crop: image.crop ?? undefined }], preprocessing);
      } catch {
        // One that cannot be read, or not in this shape, says nothing of the domain.
        return [];
      }
    }),
  );
  const usable = rasters.flat();
  return usable.length === 0 ? null : greyLevels(usable, preprocessing.depth?.windowMm);
}
