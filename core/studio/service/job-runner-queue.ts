import { messageOf } from '../../base/studio-error.ts';
import type { StudioEvent } from '../../contract/events.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { trainInputSchema } from '../jobs/run-job-inputs.ts';
import { hasQueueRequests } from '../queue/queue-inbox.ts';
import {
  holdQueue,
  isAtWork,
  isQueueHeld,
  keepPausedStopped,
  listQueue,
  takeInRequests,
} from '../queue/queue.ts';
import { runOverview } from '../runs/run-overview.ts';
import type { Job, RunningJobs } from './jobs.ts';
import type { Log } from './log.ts';

export interface QueueKeeper {
  /** From now on; what waits is worked off. */
  start(): void;
  stop(): void;
}

/** Between two looks at what other processes have left for the queue. */
const INTERVAL_MS = 1_000;

/**
 * Sees to the queue of an open library: has it worked off, takes in what other processes leave for it, and sets a run
 * aside whose process crashed, so that the next one goes on.
 */
export function keepQueue(
  library: Library,
  jobs: Pick<RunningJobs, 'start' | 'onEnded'>,
  publish: (event: StudioEvent) => void,
  log: Log,
): QueueKeeper {
  let timer: NodeJS.Timeout | undefined;
  let lastRunId = library.runs.latest()?.id ?? 0;
  /** Taken in while a job worked the queue off, which may just have looked for the last time. */
  const takenIn = new Set<number>();
  let toldFault = '';

  const tell = (id: number): void => {
    const run = runOverview(library, id);
    if (run) publish({ type: 'run', run });
  };
  const tellNew = (): number[] => {
    const newest = library.runs.latest()?.id ?? 0;
    const added = Array.from(
      { length: Math.max(0, newest - lastRunId) },
      (_, place) => lastRunId + 1 + place,
    );
    lastRunId = newest;
    added.forEach(tell);
    return added;
  };
  const takeUp = (): void => {
    const isCaredFor = library.jobs.open().some(({ kind, runId }) => kind === 'train' && runId === null);
    if (isCaredFor || listQueue(library).length === 0) return;
    const input = trainInputSchema.parse({ what: 'queue' });
    jobs.start({ kind: 'train', title: 'Training', lane: 'engine', input });
  };
  const takeIn = (): void => {
    const hasRequests = hasQueueRequests(library.folder);
    const before = hasRequests ? library.runs.list().map(({ id }) => id) : [];
    if (hasRequests) takeInRequests(library, (text) => log.add('warn', 'queue', text));
    for (const id of before) {
      if (!library.runs.get(id)) publish({ type: 'run-removed', runId: id });
      else if (hasRequests) tell(id);
    }
    const added = tellNew();
    if (!hasRequests) return;
    for (const id of added) takenIn.add(id);
    takeUp();
  };
  const look = (): void => {
    try {
      takeIn();
      toldFault = '';
    } catch (error) {
      // It may fail the same way every second: it is said once.
      if (messageOf(error) !== toldFault) log.add('warn', 'queue', messageOf(error));
      toldFault = messageOf(error);
    }
  };
  const setAside = (run: Run, job: Job): void => {
    library.runs.setStatus(run.id, 'failed', crashText(library, run, job));
    tell(run.id);
  };

  jobs.onEnded((job) => {
    if (timer === undefined) return;
    if (job.kind === 'sample-library') {
      // It has left a training in the queue.
      if (job.status === 'done') takeUp();
      return;
    }
    if (job.kind !== 'train' && job.kind !== 'probe') return;
    const crashed = job.status === 'failed' ? leftBy(library, job.id) : [];
    for (const run of crashed) setAside(run, job);
    const isMissed = [...takenIn].some((id) => library.runs.get(id)?.status === 'queued');
    takenIn.clear();
    if (crashed.length > 0 || (job.status === 'done' && isMissed)) takeUp();
  });

  return {
    start() {
      const paused = keepPausedStopped(library);
      if (paused.length > 0) holdQueue(library);
      for (const { id } of paused) tell(id);
      if (!isQueueHeld(library)) takeUp();
      timer = setInterval(look, INTERVAL_MS).unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/** Runs that the process of a job was at work on: a process that ends in order leaves none so. */
function leftBy(library: Library, jobId: number): Run[] {
  const workerProcessId = library.jobs.get(jobId)?.workerProcessId ?? null;
  return library.runs
    .list()
    .filter((run) => isAtWork(run) && workerProcessId !== null && run.processId === workerProcessId);
}

function crashText(library: Library, { id, step }: Run, { failure }: Job): string {
  const kept = library.checkpoints.latest(id)?.step;
  const [what, next] =
    kept === undefined
      ? ['It had no checkpoint yet', 'train it again']
      : [`Its checkpoint at step ${kept} is kept`, 'go on from there'];
  const again = 'where it breaks off again, choose another engine in the settings, or a smaller batch';
  return `It broke off at step ${step}. ${failure?.message ?? ''} ${what}: ${next}; ${again}.`;
}
