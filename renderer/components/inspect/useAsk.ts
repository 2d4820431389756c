import { computed, shallowRef } from 'vue';
import type { z } from 'zod';
import { askSchema } from '../../../core/contract/operations/results.ts';
import { useAction } from '../../composables/actions.ts';
import { attempt } from '../../composables/attempt.ts';
import { useJobStore } from '../../stores/jobStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import { useJobProgress } from '../results/useJobProgress.ts';
import type { PatchCell } from './patches.ts';

export type Answer = z.infer<typeof askSchema>;

interface Question extends PatchCell {
  readonly runId: number;
  readonly step: number;
  readonly imageId: number;
}

/** Asks the discriminator about a patch, and keeps its answer for as long as that patch is looked at. */
export function useAsk(question: () => Question | undefined) {
  const jobs = useJobStore();
  const told = shallowRef<{ readonly key: string; readonly answer: Answer }>();
  const jobId = shallowRef<number>();
  const { job, share, words: working } = useJobProgress('ask', ({ id }) => id === jobId.value);
  const key = computed(() => JSON.stringify(question()));

  async function ask(): Promise<void> {
    const asked = question();
    if (!asked || job.value) return;
    const asking = key.value;
    const started = await attempt(() => studio.inspect.ask(asked));
    if (!started) return;
    jobId.value = started.jobId;
    const { status, result } = await jobs.ended(started.jobId);
    if (status === 'done') told.value = { key: asking, answer: askSchema.parse(result) };
  }

  const why = computed(() => {
    if (job.value) return text.inspect.ask.isBusy;
    return question() ? '' : text.inspect.ask.noPatch;
  });
  useAction('discriminator.ask', ask, { why });
  return {
    ask,
    why,
    job,
    share,
    working,
    answer: computed(() => (told.value?.key === key.value ? told.value.answer : undefined)),
  };
}

export type Ask = ReturnType<typeof useAsk>;
