import { StudioError } from '../../../base/studio-error.ts';
import type { Run } from '../../../library/runs.ts';
import { trainInputSchema } from '../../jobs/run-job-inputs.ts';
import { listQueue } from '../../queue/queue.ts';
import type { StudioContext } from '../context.ts';
import type { Job } from '../jobs.ts';

/** Sees to it that a job works the queue off, and that it takes this run in. */
export function trainQueue(context: StudioContext, run: Run): Job {
  const job = queueJobs(context)[0] ?? startQueueJob(context);
  if (job.status === 'running') callAgainIfMissed(context, run, job);
  return job;
}

/** The job that works the queue off, begun where there is none. */
export function workQueue(context: StudioContext): Job {
  if (listQueue(context.library()).length === 0) {
    throw new StudioError('not-found', 'Nothing waits in the queue.', { remedy: 'Start a training.' });
  }
  return queueJobs(context)[0] ?? startQueueJob(context);
}

/** Those that are not at their end: the one that waits before the one at work, which may be about to end. */
function queueJobs(context: StudioContext): Job[] {
  const jobs = context.jobs.list().filter((job) => job.kind === 'train' && job.runId === null);
  const having = (status: Job['status']): Job[] => jobs.filter((job) => job.status === status);
  return [...having('waiting'), ...having('running')];
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
