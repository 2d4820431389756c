import { computed, type ComputedRef } from 'vue';
import { duration } from '../../composables/format.ts';
import { useJobStore, type Job } from '../../stores/jobStore.ts';
import { text } from '../../text/index.ts';
import { shareOf } from '../shell/jobWords.ts';

/** How far a job is, as the sections of the results show it. */
export interface JobProgress {
  /** Waiting or at work; undefined where there is none. */
  readonly job: ComputedRef<Job | undefined>;
  /** 0 to 1; null where that cannot be said. */
  readonly share: ComputedRef<number | null>;
  /** What it does and how long that will take, or what it waits for. */
  readonly words: ComputedRef<string>;
}

export function useJobProgress(kind: Job['kind'], isMeant: (job: Job) => boolean = () => true): JobProgress {
  const jobs = useJobStore();
  const job = computed(() => jobs.active.find((one) => one.kind === kind && isMeant(one)));
  return {
    job,
    share: computed(() => (job.value ? shareOf(job.value) : null)),
    words: computed(() => {
      if (!job.value) return '';
      if (job.value.status === 'waiting') return text.results.waiting(jobs.current?.title);
      const progress = job.value.progress;
      if (!progress) return text.results.beginning(job.value.title);
      const left = progress.secondsLeft;
      return text.results.working(progress.label, left === null ? '' : text.results.left(duration(left)));
    }),
  };
}
