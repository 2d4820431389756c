import type { Library } from '../../../library/library.ts';
import type { Run } from '../../../library/runs.ts';
import { driftBudgetOf } from '../../refine/drift-budget.ts';
import { refineInputSchema } from '../../jobs/run-job-inputs.ts';
import { readLabelReadings, type LabelReading } from '../../refine/label-readings.ts';
import { preparedLabels } from '../../refine/prepared-labels.ts';
import { dialSettingOf } from '../../refine/realism-dial.ts';
import { refinedPlace } from '../../refine/refined-files.ts';
import { preprocessingOf } from '../../runs/runs.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { createListings } from './listings.ts';
import { checkpointOf, runOf } from './lookup.ts';
import type { PackPlaces } from './pack-places.ts';
import { engineOfSettings } from './run-orders.ts';

export function refineHandlers(context: StudioContext, placeOf: PackPlaces): HandlersOf<'refine'> {
  const listings = createListings();
  return {
    refine: {
      start({ runId, step }) {
        const { run, checkpoint } = checkpointOf(context.library(), runId, step);
        const input = refineInputSchema.parse({
          runId,
          step: checkpoint.step,
          ...engineOfSettings(context),
        });
        const title = `Refining with ${run.name}, step ${checkpoint.step}`;
        return { jobId: context.jobs.start({ kind: 'refine', title, lane: 'engine', runId, input }).id };
      },
      summaries({ runId }) {
        const library = context.library();
        const budgetPx = driftBudgetOf(runOf(library, runId));
        return library.refinedImages.steps(runId).map((step) => {
          const statistics = library.refinedImages.statistics(runId, step);
          const { count, meanAbsChange, discriminatorScore, driftPx, withDrift } = statistics;
          return {
            ...{ runId, step, count, meanAbsChange, discriminatorScore, driftPx, budgetPx },
            overBudget: library.refinedImages.countOverDrift(runId, step, budgetPx),
            unverified: count - withDrift,
            dial: dialSettingOf(library, runId, step),
          };
        });
      },
      open({ runId, step, by, descending }) {
        const library = context.library();
        runOf(library, runId);
        const imageIds = Int32Array.from(library.refinedImages.sortedIds(runId, step, { by, descending }));
        return { listing: listings.add({ library, runId, step, imageIds }), count: imageIds.length };
      },
      locate({ listing, imageId }) {
        const place = listings.get(listing, context.library()).imageIds.indexOf(imageId);
        return { place: place < 0 ? null : place };
      },
      async window({ listing, from, count }) {
        const library = context.library();
        const { runId, step, imageIds } = listings.get(listing, library);
        const run = runOf(library, runId);
        const ids = [...imageIds.subarray(from, from + count)];
        const preprocessing = preprocessingOf(library, run);
        const images = new Map(library.images.getMany(ids).map((image) => [image.id, image]));
        const readingOf = await readingsOf(library, run, step, placeOf, ids);
        return library.refinedImages.getMany(runId, step, ids).flatMap((refined) => {
          const image = images.get(refined.imageId);
          if (!image) return [];
          return [
            {
              imageId: image.id,
              path: image.path,
              widthPx: preprocessing.widthPx,
              heightPx: preprocessing.heightPx,
              meanAbsChange: refined.meanAbsChange,
              discriminatorScore: refined.discriminatorScore,
              driftPx: refined.driftPx,
              alpha: refined.alpha,
              annotations: preparedLabels(image, preprocessing),
              labelNet: readingOf(image.id) ?? null,
            },
          ];
        });
      },
    },
  };
}

/** What the label net read of some images. */
async function readingsOf(
  library: Library,
  run: Run,
  step: number,
  placeOf: PackPlaces,
  imageIds: readonly number[],
): Promise<(imageId: number) => LabelReading | undefined> {
  const { syntheticPackId } = run;
  const places = new Map(
    imageIds.flatMap((id) => {
      const place = syntheticPackId === null ? undefined : placeOf(library, syntheticPackId, id);
      return place === undefined ? [] : [[id, refinedPlace(library, run, step, place)] as const];
    }),
  );
  const files = new Map<string, Awaited<ReturnType<typeof readLabelReadings>>>();
  for (const { path } of places.values()) {
    if (!files.has(path)) files.set(path, await readLabelReadings(path));
  }
  return (imageId) => {
    const place = places.get(imageId);
    return place && files.get(place.path)?.(place.placeInPack);
  };
}
