import { askDiscriminator } from '../ask/ask.ts';
import { defineJob } from './job.ts';
import { mustGetCheckpointOf } from './job-records.ts';
import { askInputSchema } from './run-job-inputs.ts';

/** Asks the discriminator of a checkpoint why it takes a patch for refined. */
export const askJob = defineJob(askInputSchema, async (order, context) => {
  const { library } = context;
  const { run, checkpoint } = mustGetCheckpointOf(library, order);
  const { imageId, column, row } = order;
  return await context.withEngine(order, () =>
    askDiscriminator(library, run, checkpoint, imageId, { column, row }, context),
  );
});
