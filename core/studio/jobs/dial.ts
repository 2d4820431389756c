import { measureDial, renewMeasures } from '../refine/dial-measure.ts';
import { defineJob } from './job.ts';
import { mustGetCheckpointOf } from './job-records.ts';
import { dialInputSchema } from './run-job-inputs.ts';

/** Tries every α on some images, or measures all refined images again after theirs was set. */
export const dialJob = defineJob(dialInputSchema, async (order, context) => {
  const { library } = context;
  const { run, checkpoint } = mustGetCheckpointOf(library, order);
  return await context.withEngine(order, async () =>
    order.what === 'measure'
      ? await measureDial(library, run, checkpoint, order.images, context)
      : { images: await renewMeasures(library, run, checkpoint, context) },
  );
});
