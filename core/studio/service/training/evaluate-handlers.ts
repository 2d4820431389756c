import { describeEvaluation } from '../../evaluation/evaluation-rows.ts';
import { evaluateInputSchema } from '../../jobs/run-job-inputs.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { checkpointOf, runOf } from './lookup.ts';
import { engineOfSettings } from './run-orders.ts';

export function evaluateHandlers(context: StudioContext): HandlersOf<'evaluate'> {
  return {
    evaluate: {
      start({ runId, step }) {
        const { run, checkpoint } = checkpointOf(context.library(), runId, step);
        const input = evaluateInputSchema.parse({
          runId,
          step: checkpoint.step,
          ...engineOfSettings(context),
        });
        const title = `Measuring ${run.name}, step ${checkpoint.step}`;
        return { jobId: context.jobs.start({ kind: 'evaluate', title, lane: 'engine', runId, input }).id };
      },
      list({ runId }) {
        const library = context.library();
        runOf(library, runId);
        return library.evaluations
          .list(runId, 'full')
          .toSorted((left, right) => right.id - left.id)
          .map(describeEvaluation);
      },
    },
  };
}
