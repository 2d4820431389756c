import { setTimeout as sleep } from 'node:timers/promises';
import { createRateMeter, type Progress, type RateMeter } from '../../base/progress.ts';
import { messageOf, StudioError } from '../../base/studio-error.ts';
import type { StudioEvent } from '../../contract/events.ts';
import { jobSchema } from '../../contract/operations/jobs.ts';
import { toFailure } from '../../contract/studio-failure.ts';
import type { LaunchWorker } from '../../jobs/launcher.ts';
import {
  createWorkerProcess,
  DEFAULT_LIMITS,
  type WorkerLimits,
  type WorkerProcess,
} from '../../jobs/worker-process.ts';
import type { JobChanges, JobRecord } from '../../library/jobs.ts';
import type { Library } from '../../library/library.ts';
import { jobEventSchema, type WorkOrder } from '../jobs/worker-handlers.ts';
import { holdQueue, releaseQueue } from '../queue/queue.ts';
import { createPublisher } from './job-runner-publisher.ts';
import { keepQueue } from './job-runner-queue.ts';
import { failAbandoned } from './job-runner-restart.ts';
import { watchRuns } from './job-runner-watch.ts';
import type { EngineInUse, Job, JobLane, JobOrder, RunningJobs } from './jobs.ts';
import type { Log } from './log.ts';

export interface JobRunnerOptions {
  readonly launchWorker: LaunchWorker;
  readonly publish: (event: StudioEvent) => void;
  readonly log: Log;
  readonly limits?: WorkerLimits;
}

/** Ended jobs that lists have. */
const ENDED_SHOWN = 50;

const RECORD_AGAIN_MS = 2_000;

const NOTES_KEPT = 100;
const NOTE_CHARACTERS = 500;

const LANES: readonly JobLane[] = ['engine', 'data'];

/** What is known of a job at work beside its record. */
interface Work {
  readonly id: number;
  readonly controller: AbortController;
  progress: Job['progress'];
  notes: readonly string[];
  meter: RateMeter;
}

/**
 * Runs the jobs of an open library in worker processes, one per lane, first come first served. What was at work when a
 * studio died is recorded as failed, what waited waits on, and the queue of trainings is taken up again.
 */
export function startJobs(library: Library, options: JobRunnerOptions): RunningJobs {
  const { publish, log } = options;
  const workers = new Map(LANES.map((lane) => [lane, workerOf(lane, options)]));
  const atWork = new Map<JobLane, { readonly work: Work; readonly ended: Promise<void> }>();
  const listeners = new Set<(job: Job) => void>();
  let engine: EngineInUse | null = null;
  /** Not before the workers of a studio that died are gone. */
  let isReady = false;
  let isClosing = false;

  const jobOf = (record: JobRecord): Job => {
    const work = atWork.get(record.lane)?.work;
    return asJob(record, work?.id === record.id ? work : undefined);
  };
  const mustGet = (id: number): JobRecord => {
    const record = library.jobs.get(id);
    if (record) return record;
    throw new StudioError('not-found', `There is no job ${id}.`, {
      remedy: 'It may have been cleared from the list; list the jobs again.',
      details: { id },
    });
  };
  const get = (id: number): Job => jobOf(mustGet(id));
  /** What goes wrong in telling or in what others do with it harms no job. */
  const guarded = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      log.add('error', 'jobs', `${what}: ${messageOf(error)}`);
    }
  };
  const publisher = createPublisher((id) =>
    guarded(`Telling of job ${id}`, () => publish({ type: 'job', job: get(id) })),
  );
  const tellEnd = (id: number): void => {
    publisher.now(id);
    const job = get(id);
    for (const listener of [...listeners]) guarded(`After "${job.title}"`, () => listener(job));
  };

  const pump = (lane: JobLane): void => {
    if (!isReady || isClosing || atWork.has(lane)) return;
    const next = library.jobs.open().find((job) => job.lane === lane && job.status === 'waiting');
    if (!next) return;
    const work: Work = {
      id: next.id,
      controller: new AbortController(),
      progress: null,
      notes: next.notes,
      meter: createRateMeter(),
    };
    // Begins in a later turn, so that whoever orders a job has its number before it is told of it.
    const done = Promise.resolve().then(() => perform(next, work));
    atWork.set(lane, { work, ended: done });
    void done.then(() => guarded(`The next job of lane "${lane}"`, () => pump(lane)));
  };

  const perform = async (job: JobRecord, work: Work): Promise<void> => {
    const { id, kind, lane, title } = job;
    let outcome: JobChanges;
    let stopWatching = (): void => undefined;
    try {
      const result = await mustGetWorker(workers, lane).run(kind, orderOf(library, job), {
        signal: work.controller.signal,
        onStart(processId) {
          library.jobs.update(id, { status: 'running', workerProcessId: processId });
          publisher.now(id);
          if (lane === 'engine') stopWatching = watchRuns(library, processId, publish, log);
        },
        onProgress(progress) {
          update(work, progress);
          publisher.soon(id);
        },
        onNote(text) {
          work.notes = [...work.notes, text.slice(0, NOTE_CHARACTERS)].slice(-NOTES_KEPT);
          log.add('info', title, text);
          publisher.soon(id);
        },
        onEvent(event) {
          const { name, device, reason } = jobEventSchema.parse(event);
          engine = { name, device, reason };
        },
      });
      outcome = { status: 'done', result };
    } catch (error) {
      outcome = outcomeOf(error, work);
      if (outcome.status === 'failed') log.add('error', title, messageOf(error));
    }
    stopWatching();
    const { progress, notes } = work;
    await record(title, () => library.jobs.update(id, { progress, notes, ...outcome }));
    atWork.delete(lane);
    guarded(title, () => tellEnd(id));
  };

  /** Records an end, in the end: a disk may be full, or another worker be in the middle of a long transaction. */
  const record = async (title: string, write: () => void): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        write();
        return;
      } catch (error) {
        if (attempt === 0) {
          log.add('error', title, `The end of the job cannot be recorded yet: ${messageOf(error)}`);
        }
        if (isClosing) return;
        await sleep(RECORD_AGAIN_MS);
      }
    }
  };

  const jobs: RunningJobs = {
    start({ kind, title, lane, runId, input }: JobOrder) {
      if (kind === 'train') releaseQueue(library);
      const record = library.jobs.add({ kind, title, lane, runId: runId ?? null, input });
      publisher.now(record.id);
      pump(lane);
      return jobOf(record);
    },
    get,
    list: () => library.jobs.list(ENDED_SHOWN).map(jobOf),
    cancel(id) {
      const { status, lane, kind } = mustGet(id);
      if (kind === 'train' && (status === 'waiting' || status === 'running')) holdQueue(library);
      const running = atWork.get(lane);
      if (running?.work.id === id) running.work.controller.abort();
      else if (status === 'waiting') {
        library.jobs.update(id, { status: 'cancelled' });
        tellEnd(id);
      }
    },
    clear: () => library.jobs.clear(),
    onEnded(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    engine: () => engine,
    memoryBytes: () => workers.values().reduce((sum, worker) => sum + worker.memoryBytes(), 0),
    async close() {
      isClosing = true;
      queue.stop();
      for (const { work } of atWork.values()) work.controller.abort();
      await Promise.all([...atWork.values()].map((running) => running.ended));
      await Promise.all([...workers.values()].map((worker) => worker.stop()));
      publisher.stop();
    },
  };

  const queue = keepQueue(library, jobs, publish, log);
  const { gone } = failAbandoned(library);
  void gone.then(() => {
    if (isClosing) return;
    isReady = true;
    queue.start();
    for (const lane of LANES) pump(lane);
  });
  return jobs;
}

function workerOf(lane: JobLane, { launchWorker, limits, log }: JobRunnerOptions): WorkerProcess {
  return createWorkerProcess(launchWorker, limits ?? DEFAULT_LIMITS, (text) => {
    if (text.trim() !== '') log.add('debug', `${lane} worker`, text.trimEnd());
  });
}

function mustGetWorker(workers: ReadonlyMap<JobLane, WorkerProcess>, lane: JobLane): WorkerProcess {
  const worker = workers.get(lane);
  if (!worker) throw new Error(`There is no lane "${lane}".`);
  return worker;
}

function orderOf(library: Library, { input }: JobRecord): WorkOrder {
  const { folder, lockToken } = library;
  if (lockToken === undefined) throw new Error('Jobs need a library that is open for writing.');
  return { libraryFolder: folder, lockToken, input };
}

/** A job that was cancelled has no failure, however it came to its end. */
function outcomeOf(error: unknown, work: Work): JobChanges {
  if (!work.controller.signal.aborted) return { status: 'failed', failure: toFailure(error) };
  return {
    status: 'cancelled',
    ...(error instanceof StudioError ? { notes: [...work.notes, error.message] } : {}),
  };
}

function update(work: Work, { label, done, total, unit }: Progress): void {
  if (work.progress?.label !== label) work.meter = createRateMeter();
  work.meter.update(done, performance.now());
  work.progress = {
    label,
    done,
    total: total ?? null,
    unit,
    perSecond: work.meter.perSecond() ?? null,
    secondsLeft: work.meter.secondsLeft(total) ?? null,
  };
}

function asJob(record: JobRecord, work: Work | undefined): Job {
  const { id, kind, title, status, runId, result, failure, createdAt, startedAt, endedAt } = record;
  return jobSchema.parse({
    ...{ id, kind, title, status, runId, result, failure, createdAt, startedAt, endedAt },
    progress: work?.progress ?? record.progress,
    notes: work?.notes ?? record.notes,
  });
}
