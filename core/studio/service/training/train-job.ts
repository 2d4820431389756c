import type { Run } from '../../../library/runs.ts';
import { trainInputSchema } from '../../jobs/run-job-inputs.ts';
import type { StudioContext } from '../context.ts';
import type { Job } from '../jobs.ts';

/** Sees to it that a job works the queue off, and that it takes this run in. */
export function trainQueue(context: StudioContext, run: Run): Job {
  const jobs = context.jobs.list().filter((job) => job.kind === 'train' && job.runId === null);
  const waiting = jobs.find(({ status }) => status === 'waiting');
  if (waiting) return waiting;
  const atWork = jobs.find(({ status }) => status === 'running');
  if (!atWork) return startQueueJob(context);
  callAgainIfMissed(context, run, atWork);
  return atWork;
}

function startQueueJob(context: StudioContext): Job {
  return context.jobs.start({
    kind: 'train',
    title: 'Training',
    lane: 'engine',
    input: trainInputSchema.parse({ what: 'queue' }),
  });
}

/** A job that looked into the queue for the last time just before the run came in does not train it. */
function callAgainIfMissed(context: StudioContext, run: Run, atWork: Job): void {
  const stop = context.jobs.onEnded((ended) => {
    if (ended.id !== atWork.id) return;
    stop();
    const isMissed = context.libraryIfOpen()?.runs.get(run.id)?.status === 'queued';
    // Whoever cancelled the job wants no other; one that could not begin waits until it is asked for again.
    if (ended.status === 'done' && isMissed) startQueueJob(context);
  });
}
