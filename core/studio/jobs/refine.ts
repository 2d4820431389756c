import { StudioError } from '../../base/studio-error.ts';
import { refineRun } from '../refine/refinement.ts';
import { defineJob } from './job.ts';
import { mustGetCheckpointOf } from './job-records.ts';
import { refineInputSchema } from './run-job-inputs.ts';

/** Refines the whole synthetic dataset of a run; the result says of how many images. */
export const refineJob = defineJob(refineInputSchema, async (order, context) => {
  const { run, checkpoint } = mustGetCheckpointOf(context.library, order);
  const result = await context.withEngine(order, () => refineRun(context.library, run, checkpoint, context));
  if (result.outcome === 'cancelled') {
    throw new StudioError('cancelled', `Refining was stopped after ${result.count} images, which are kept.`, {
      remedy: 'Refine again; it goes on with the images that are not done.',
    });
  }
  return { runId: run.id, step: checkpoint.step, images: result.count, alreadyDone: result.alreadyDone };
});
