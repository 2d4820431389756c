import type { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import type { Run } from '../../library/runs.ts';
import { workOffQueue } from '../queue/queue-work.ts';
import { branchTraining, resumeTraining } from '../training/training-run.ts';
import { defineJob, type JobContext } from './job.ts';
import { mustGetRunOf } from './job-records.ts';
import { trainInputSchema } from './run-job-inputs.ts';

type Order = z.output<typeof trainInputSchema>;

/** Works the queue off, or goes on with a run. The result names the runs that came to an end. */
export const trainJob = defineJob(trainInputSchema, async (order, context) => {
  if (order.what === 'queue') return await workOff(context);
  const run = mustGetRunOf(context.library, order.runId);
  const result = await context.withEngine(order, (engine) => goOn(order, run, engine), run);
  if (context.signal.aborted && result.status === 'stopped') throw stopped(result);
  return { ended: [endOf(result)], skipped: [] };

  function goOn(
    given: Exclude<Order, { what: 'queue' }>,
    from: Run,
    engine: Parameters<typeof resumeTraining>[1],
  ): Promise<Run> {
    const options = { steps: given.steps ?? undefined, settings: given.settings };
    if (given.what === 'resume') return resumeTraining(context.library, engine, from, options, context);
    const named = { ...options, name: given.name ?? undefined };
    return branchTraining(context.library, engine, from, given.step, named, context);
  }
});

async function workOff(context: JobContext) {
  const { ended, skipped, putBack } = await workOffQueue(
    context.library,
    ({ engine, threads }, work) => context.withEngine({ engine, threads: threads ?? null }, work),
    context,
  );
  if (putBack) {
    throw new StudioError(
      'cancelled',
      `${putBack.name} is put back into the queue after step ${putBack.step}.`,
      {
        remedy: 'Start the queue again; it goes on exactly there.',
      },
    );
  }
  return { ended: ended.map(endOf), skipped };
}

const endOf = ({ id, name, status, step }: Run) => ({ runId: id, name, status, step });

function stopped(run: Run): StudioError {
  return new StudioError(
    'cancelled',
    `${run.name} was stopped after step ${run.step}; a checkpoint was saved.`,
    {
      remedy: 'Go on with the run; it goes on exactly there.',
    },
  );
}
