import { StudioError } from '../../base/studio-error.ts';
import { planProbe, probeRuns, trainProbe } from '../probe/probe.ts';
import { rankProbe } from '../probe/probe-report.ts';
import { defineJob } from './job.ts';
import { mustGetDatasetOf } from './job-records.ts';
import { probeInputSchema } from './run-job-inputs.ts';

/** Steps of a variant before it is the next one's turn. */
const SLICE_STEPS = 25;

/** Trains variants in turn; the result is their ranking, best first. */
export const probeJob = defineJob(probeInputSchema, async ({ order, variants }, context) => {
  const { library, signal } = context;
  const { config, preprocessing, engine, threads } = order;
  const request = {
    config,
    preprocessing,
    synthetic: mustGetDatasetOf(library, order.syntheticDatasetId),
    real: mustGetDatasetOf(library, order.realDatasetId),
  };
  const wish = threads === null ? { engine } : { engine, threads };
  const runs = await context.withEngine(order, async (opened) => {
    const planned = await planProbe(library, request, variants, wish, context);
    await trainProbe(library, opened, planned, SLICE_STEPS, context);
    return planned;
  });
  if (signal.aborted) {
    throw new StudioError('cancelled', 'The probe was stopped; its variants are kept as they are.', {
      remedy: 'Go on with one of them, or start another probe.',
    });
  }
  const { probe } = runs[0].variant;
  return { probe, ...rankProbe(library, probeRuns(library, probe)) };
});
