import { evaluateRun } from '../evaluation/evaluation-run.ts';
import { verdictOf } from '../evaluation/evaluation-summary.ts';
import { writeRunReport } from '../runs/run-report.ts';
import { defineJob } from './job.ts';
import { mustGetCheckpointOf } from './job-records.ts';
import { evaluateInputSchema } from './run-job-inputs.ts';

/** Measures what refinement did and writes the report; the result is the verdict, whose numbers are on record. */
export const evaluateJob = defineJob(evaluateInputSchema, async (order, context) => {
  const { library } = context;
  const { run, checkpoint } = mustGetCheckpointOf(library, order);
  const evaluation = await context.withEngine(order, () => evaluateRun(library, run, checkpoint, context));
  const report = await writeRunReport(library, run, checkpoint, evaluation);
  return { runId: run.id, step: checkpoint.step, verdict: verdictOf(evaluation), report };
});
