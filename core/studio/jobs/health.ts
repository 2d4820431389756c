import { measureHealth } from '../domains/measure-health.ts';
import { healthInputSchema } from './data-job-inputs.ts';
import { defineJob } from './job.ts';

/** Compares the domains; the library keeps the result as the document "health". */
export const healthJob = defineJob(healthInputSchema, async (_input, context) => {
  const health = await measureHealth(context.library, context);
  context.library.documents.put('health', health);
  return { findings: health.findings.length };
});
