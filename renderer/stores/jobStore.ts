import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { OutputOf } from '../../core/contract/contract.ts';
import { studio } from '../studio.ts';
import { useLive } from './live.ts';

export type Job = OutputOf<'jobs.get'>;

const isOver = ({ status }: Job): boolean =>
  status === 'done' || status === 'cancelled' || status === 'failed';

/** Long work: at work, waiting, and ended. */
export const useJobStore = defineStore('jobs', () => {
  const { value, error } = useLive(
    () => studio.jobs.list({}),
    (event, current) => {
      if (event.type === 'library' || event.type === 'jobs-cleared') return 'stale';
      if (event.type !== 'job') return undefined;
      if (!current) return 'stale';
      const others = current.filter(({ id }) => id !== event.job.id);
      return { now: [event.job, ...others].sort((left, right) => right.id - left.id) };
    },
  );
  const jobs = computed(() => value.value ?? []);
  const waiting = new Map<number, (job: Job) => void>();
  studio.subscribe((event) => {
    if (event.type !== 'job' || !isOver(event.job)) return;
    waiting.get(event.job.id)?.(event.job);
    waiting.delete(event.job.id);
  });

  /** Resolves with the job when it has ended, however it did. */
  async function ended(jobId: number): Promise<Job> {
    const promise = new Promise<Job>((resolve) => waiting.set(jobId, resolve));
    const now = await studio.jobs.get({ id: jobId });
    if (isOver(now)) {
      waiting.delete(jobId);
      return now;
    }
    return promise;
  }

  return {
    jobs,
    error,
    /** The one that the status bar shows. */
    current: computed(
      () =>
        jobs.value.find(({ status, kind }) => status === 'running' && kind === 'train') ??
        jobs.value.find(({ status }) => status === 'running'),
    ),
    active: computed(() => jobs.value.filter((job) => !isOver(job))),
    ended,
  };
});
