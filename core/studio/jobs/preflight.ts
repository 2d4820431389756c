import { checkBeforeTraining } from '../training/preflight.ts';
import { defineJob } from './job.ts';
import { mustGetDatasetOf } from './job-records.ts';
import { preflightInputSchema } from './run-job-inputs.ts';

/** Looks at a training before it is started, and times real steps of it. */
export const preflightJob = defineJob(preflightInputSchema, async ({ order, power }, context) => {
  const { library } = context;
  const request = {
    config: order.config,
    preprocessing: order.preprocessing,
    synthetic: mustGetDatasetOf(library, order.syntheticDatasetId),
    real: mustGetDatasetOf(library, order.realDatasetId),
    ...(order.name === null ? {} : { name: order.name }),
  };
  return await context.withEngine(order, (engine, engineReason) =>
    checkBeforeTraining(library, engine, request, { engineReason, power }, context),
  );
});
