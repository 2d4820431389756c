import { computed, ref, shallowRef } from 'vue';
import type { z } from 'zod';
import { preflightSchema } from '../../../core/contract/operations/runs.ts';
import { fromFailure } from '../../../core/contract/studio-failure.ts';
import { useJobStore } from '../../stores/jobStore.ts';
import type { TrainingOrder } from '../../stores/trainingStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';

type Preflight = z.infer<typeof preflightSchema>;

/** The check before training, and for which order it was made. */
export function usePreflight() {
  const jobs = useJobStore();
  const jobId = ref<number>();
  const result = shallowRef<Preflight>();
  const checked = ref('');
  const error = shallowRef<unknown>();

  return {
    result,
    error,
    job: computed(() => jobs.jobs.find(({ id }) => id === jobId.value)),
    isBusy: computed(() => jobId.value !== undefined),
    /** Whether the result is that of another order. */
    isStale: (order: TrainingOrder | undefined): boolean => checked.value !== JSON.stringify(order),
    async check(order: TrainingOrder): Promise<void> {
      error.value = undefined;
      try {
        const started = await studio.runs.preflight(order);
        jobId.value = started.jobId;
        const ended = await jobs.ended(started.jobId);
        if (ended.status === 'done') {
          result.value = preflightSchema.parse(ended.result);
          checked.value = JSON.stringify(order);
        } else if (ended.failure && ended.status === 'failed') error.value = fromFailure(ended.failure);
        else error.value = new Error(text.train.preflight.cancelled);
      } catch (caught) {
        error.value = caught;
      } finally {
        jobId.value = undefined;
      }
    },
    async cancel(): Promise<void> {
      if (jobId.value !== undefined) await studio.jobs.cancel({ id: jobId.value });
    },
  };
}

export type PreflightCheck = ReturnType<typeof usePreflight>;
