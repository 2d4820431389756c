import { dialSchema } from '../../../contract/operations/results.ts';
import type { Run } from '../../../library/runs.ts';
import { receptiveField } from '../../../simgan/receptive-field.ts';
import { askInputSchema, dialInputSchema } from '../../jobs/run-job-inputs.ts';
import { DIAL_DOCUMENT, setDial } from '../../refine/realism-dial.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Job } from '../jobs.ts';
import { isQuickToRefine, type InspectionNetworks } from './inspection-networks.ts';
import { checkpointOf } from './lookup.ts';
import type { NearestReals } from './nearest-reals.ts';
import type { RunImages } from './run-images.ts';
import { engineOfSettings } from './run-orders.ts';
import { configOf } from '../../runs/run-config.ts';

/** On one thread beside whatever trains, where that is quick; else in the turn of the engine that is set. */
function placeOfWork(context: StudioContext, run: Run, step: number) {
  const isQuick = isQuickToRefine(configOf(run)) || context.library().refinedImages.count(run.id, step) > 0;
  return isQuick
    ? { lane: 'data' as const, wish: { engine: 'wasm', threads: 1 } }
    : { lane: 'engine' as const, wish: engineOfSettings(context) };
}

export function inspectHandlers(
  context: StudioContext,
  images: RunImages,
  networks: InspectionNetworks,
  nearestReals: NearestReals,
): HandlersOf<'inspect'> {
  /** The newest job that measures anew, by checkpoint: an older one measures what is no longer set. */
  const renewals = new Map<string, Job>();
  return {
    inspect: {
      async patchMap({ runId, step, imageId, of }) {
        const library = context.library();
        const { run, checkpoint } = checkpointOf(library, runId, step);
        const image =
          of === 'synthetic'
            ? await images.synthetic(library, run, imageId)
            : await images.refined(library, run, checkpoint, imageId);
        const { values, width, height } = await networks.judge(library, run, checkpoint, image);
        const field = receptiveField(configOf(run));
        return {
          widthCells: width,
          heightCells: height,
          probabilities: Array.from({ length: height }, (_, row) => [
            ...values.subarray(row * width, (row + 1) * width),
          ]),
          receptiveFieldPx: field.sidePx,
          strideCellPx: field.stridePx,
          firstCentrePx: field.firstCentreXPx,
          firstCentreYPx: field.firstCentreYPx,
        };
      },
      async nearestReal({ runId, step, imageId, alpha, keepPupil, most }) {
        const library = context.library();
        const { run, checkpoint } = checkpointOf(library, runId, step);
        const image = await images.dialled(library, run, checkpoint, imageId, { alpha, keepPupil });
        const { index, imageIds, usualLikeness } = await nearestReals(library, run);
        const found = index
          .rank(image, most)
          .map(({ place, likeness }) => ({ imageId: imageIds[place], likeness }));
        const paths = new Map(
          library.images.getMany(found.map((one) => one.imageId)).map(({ id, path }) => [id, path]),
        );
        return {
          images: found.map((one) => ({ ...one, path: paths.get(one.imageId) ?? '' })),
          compared: index.compared,
          of: imageIds.length,
          usualLikeness: usualLikeness ?? null,
        };
      },
      ask({ runId, step, imageId, column, row }) {
        const { run } = checkpointOf(context.library(), runId, step);
        const { lane, wish } = placeOfWork(context, run, step);
        const input = askInputSchema.parse({ ...{ runId, step, imageId, column, row }, ...wish });
        const title = `Asking the discriminator of ${run.name}`;
        return { jobId: context.jobs.start({ kind: 'ask', title, lane, runId, input }).id };
      },
      measureDial({ runId, step, images: count }) {
        const { run } = checkpointOf(context.library(), runId, step);
        const { lane, wish } = placeOfWork(context, run, step);
        const order = { what: 'measure', runId, step, images: count };
        const input = dialInputSchema.parse({ ...order, ...wish });
        const title = `Turning the realism dial of ${run.name}, step ${step}`;
        return { jobId: context.jobs.start({ kind: 'dial', title, lane, runId, input }).id };
      },
      dial({ runId, step }) {
        const stored = context.library().documents.get(DIAL_DOCUMENT, { runId, step });
        const parsed = dialSchema.safeParse(stored?.content);
        return parsed.success ? parsed.data : null;
      },
      setAlpha({ runId, step, alpha, keepPupil }) {
        const library = context.library();
        const { run } = checkpointOf(library, runId, step);
        setDial(library, runId, step, { alpha, keepPupil });
        context.publish({ type: 'results', runId, what: 'refined' });
        if (library.refinedImages.count(runId, step) === 0) return {};
        const { lane, wish } = placeOfWork(context, run, step);
        const input = dialInputSchema.parse({ what: 'renew', runId, step, ...wish });
        const title = `Measuring ${run.name}, step ${step}, with α ${alpha}`;
        const before = renewals.get(`${runId}:${step}`);
        renewals.set(`${runId}:${step}`, context.jobs.start({ kind: 'dial', title, lane, runId, input }));
        if (before) cancelIfOpen(context, before);
        return {};
      },
    },
  };
}

/** Jobs of a library that was closed meanwhile are none of this one's. */
function cancelIfOpen(context: StudioContext, { id, createdAt }: Job): void {
  const same = context.jobs.list().find((job) => job.id === id && job.createdAt === createdAt);
  if (same && (same.status === 'waiting' || same.status === 'running')) context.jobs.cancel(id);
}
