import { describeProof, proveRun } from '../training/prove.ts';
import { defineJob } from './job.ts';
import { mustGetRunOf } from './job-records.ts';
import { proveInputSchema } from './run-job-inputs.ts';

/** Trains the last steps of a run again; the result is the proof, and the same in a sentence. */
export const proveJob = defineJob(proveInputSchema, async ({ runId, ...order }, context) => {
  const run = mustGetRunOf(context.library, runId);
  return await context.withEngine(
    order,
    async (engine) => {
      const proof = await proveRun(context.library, engine, run, context);
      return {
        ...proof,
        isIdentical: proof.differences.length === 0,
        text: describeProof(proof, engine),
      };
    },
    run,
  );
});
