import { computed, type ComputedRef, type Ref } from 'vue';
import { duration, digits } from '../../composables/format.ts';
import { useJobStore } from '../../stores/jobStore.ts';
import type { Run } from '../../stores/runStore.ts';
import { text } from '../../text/index.ts';
import { useQueue } from '../runs/useQueue.ts';
import { isAtWork } from './runState.ts';

export interface RunProgress {
  /** 0 to 1; null while that cannot be said. */
  readonly share: ComputedRef<number | null>;
  /** "8.2 steps/s, about 3 min 20 s left", or what it is doing before that can be said. */
  readonly words: ComputedRef<string>;
}

/** How far a run is, how fast, and how long it will take. */
export function useRunProgress(run: Readonly<Ref<Run | undefined>>): RunProgress {
  const jobs = useJobStore();
  const queue = useQueue();
  const job = computed(() => {
    const id = run.value?.id;
    const running = jobs.jobs.filter(({ status }) => status === 'running');
    // A job that works the queue off is for no run in particular: it is for the one at work.
    return (
      running.find(({ runId }) => runId === id) ??
      running.find(({ kind, runId }) => kind === 'train' && runId === null)
    );
  });
  const waiting = computed(() =>
    jobs.jobs.find(({ status, runId }) => status === 'waiting' && runId === run.value?.id),
  );
  return {
    share: computed(() => {
      if (!run.value || run.value.status === 'queued') return null;
      return Math.max(0, Math.min(1, run.value.step / run.value.totalSteps));
    }),
    words: computed(() => {
      if (waiting.value) return text.runs.progress.waiting;
      if (!run.value) return '';
      if (run.value.status === 'queued') {
        if (queue.isProbed(run.value)) return text.runs.progress.probing;
        return queue.isWorkedOff.value ? text.runs.progress.queued : text.runs.progress.nobody;
      }
      if (run.value.status === 'paused') return text.runs.progress.paused;
      const progress = job.value?.progress;
      if (!isAtWork(run.value) || !progress) return text.runs.progress.worked(duration(run.value.seconds));
      if (progress.unit !== 'steps') return text.runs.progress.preparing(progress.label);
      const parts = [
        ...(progress.perSecond ? [text.runs.progress.speed(digits(progress.perSecond))] : []),
        progress.secondsLeft === null
          ? text.runs.progress.estimating
          : text.runs.progress.left(duration(progress.secondsLeft)),
      ];
      return parts.join(', ');
    }),
  };
}
