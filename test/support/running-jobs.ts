import { setTimeout as sleep } from 'node:timers/promises';
import { studioEventSchema, type StudioEvent, type StudioListener } from '../../core/contract/events.ts';
import { forkLauncher } from '../../core/jobs/fork-launcher.ts';
import { DEFAULT_LIMITS } from '../../core/jobs/worker-process.ts';
import type { Library } from '../../core/library/library.ts';
import { startJobs } from '../../core/studio/service/job-runner.ts';
import type { Job, RunningJobs } from '../../core/studio/service/jobs.ts';
import { createLog } from '../../core/studio/service/log.ts';

type EventOf<Type extends StudioEvent['type']> = Extract<StudioEvent, { type: Type }>;

export interface JobsUnderTest extends AsyncDisposable {
  readonly jobs: RunningJobs;
  /** Everything that was told, checked against the contract. */
  readonly events: StudioEvent[];
  onEvent(listener: StudioListener): void;
  of<Type extends StudioEvent['type']>(type: Type): EventOf<Type>[];
  /** Waits for an event. */
  until<Type extends StudioEvent['type']>(
    type: Type,
    isIt?: (event: EventOf<Type>) => boolean,
  ): Promise<EventOf<Type>>;
  /** Waits for the end of a job. */
  end(id: number): Promise<Job>;
  /** Waits until a job shows progress; the process that works on it. */
  atWork(id: number): Promise<number>;
}

/** The jobs of a library in real workers of the real entry. */
export function jobsOf(library: Library): JobsUnderTest {
  const events: StudioEvent[] = [];
  const listeners: StudioListener[] = [];
  const jobs = startJobs(library, {
    launchWorker: forkLauncher(new URL('../../core/host/worker.ts', import.meta.url)),
    publish(event) {
      events.push(studioEventSchema.parse(event));
      for (const listener of listeners) listener(event);
    },
    log: createLog(() => undefined),
    limits: DEFAULT_LIMITS,
  });
  const of: JobsUnderTest['of'] = (type) =>
    events.filter((event): event is EventOf<typeof type> => event.type === type);
  const until: JobsUnderTest['until'] = async (type, isIt = () => true) => {
    for (;;) {
      const found = of(type).find(isIt);
      if (found) return found;
      await sleep(10);
    }
  };
  return {
    jobs,
    events,
    onEvent: (listener) => void listeners.push(listener),
    of,
    until,
    async end(id) {
      const { job } = await until(
        'job',
        (event) => event.job.id === id && !['waiting', 'running'].includes(event.job.status),
      );
      return job;
    },
    async atWork(id) {
      await until('job', ({ job }) => job.id === id && job.progress !== null);
      return library.jobs.get(id)?.workerProcessId ?? 0;
    },
    [Symbol.asyncDispose]: () => jobs.close(),
  };
}
