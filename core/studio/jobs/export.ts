import { exportRun } from '../export/export-run.ts';
import { defineJob } from './job.ts';
import { mustGetCheckpointOf } from './job-records.ts';
import { exportInputSchema } from './run-job-inputs.ts';

/** Writes the refined images with their labels; the result says what left and what stayed. */
export const exportJob = defineJob(exportInputSchema, async (order, { library, signal, onProgress }) => {
  const { run, checkpoint } = mustGetCheckpointOf(library, order);
  const { folder, formats, driftBudgetPx, includeUnverified } = order;
  const request = { folder, formats, driftBudgetPx: driftBudgetPx ?? undefined, includeUnverified };
  return await exportRun(library, run, checkpoint, request, { signal, onProgress });
});
