import type { Job, Jobs, RunningJobs } from '../jobs.ts';
import { noLibrary, type OpenedLibrary } from './session.ts';

/** The jobs of whichever library is open; listeners stay when another one is opened. */
export interface SessionJobs extends Jobs {
  /** These are the jobs of the open library from now on. */
  follow(jobs: RunningJobs | undefined): void;
}

/** @param mayStart throws while no job may begin, because what it would begin with is half changed */
export function createSessionJobs(
  current: () => OpenedLibrary | undefined,
  mayStart: () => void,
): SessionJobs {
  const listeners = new Set<(job: Job) => void>();
  const opened = (): RunningJobs => {
    const jobs = current()?.jobs;
    if (jobs) return jobs;
    throw noLibrary();
  };
  return {
    start(order) {
      const jobs = opened();
      mayStart();
      return jobs.start(order);
    },
    get: (id) => opened().get(id),
    list: () => current()?.jobs.list() ?? [],
    cancel: (id) => opened().cancel(id),
    clear: () => current()?.jobs.clear(),
    engine: () => current()?.jobs.engine() ?? null,
    memoryBytes: () => current()?.jobs.memoryBytes() ?? 0,
    onEnded(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    follow(jobs) {
      jobs?.onEnded((job) => {
        for (const listener of [...listeners]) listener(job);
      });
    },
  };
}
