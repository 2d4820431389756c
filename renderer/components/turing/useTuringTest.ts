import { computed, shallowRef } from 'vue';
import type { OutputOf } from '../../../core/contract/contract.ts';
import { attempt } from '../../composables/attempt.ts';
import { studio } from '../../studio.ts';

export type TuringTrial = OutputOf<'turing.start'>;
export type TuringResult = OutputOf<'turing.result'>;

/** A test under way: one picture, one answer, the next. */
export function useTuringTest() {
  const trial = shallowRef<TuringTrial | null>(null);
  const result = shallowRef<TuringResult>();
  const isAnswering = shallowRef(false);

  async function start(order: { runId: number; step: number; trials: number; rater: string }): Promise<void> {
    result.value = undefined;
    trial.value = (await attempt(() => studio.turing.start(order))) ?? null;
  }

  async function answer(said: 'real' | 'refined'): Promise<void> {
    const current = trial.value;
    // A key that is held down answers once.
    if (!current || isAnswering.value) return;
    isAnswering.value = true;
    const { session, trial: number } = current;
    const answered = await attempt(() => studio.turing.answer({ session, trial: number, answer: said }));
    if (answered) {
      trial.value = answered.next;
      if (!answered.next) result.value = await attempt(() => studio.turing.result({ session }));
    }
    isAnswering.value = false;
  }

  return {
    trial,
    result,
    isRunning: computed(() => trial.value !== null),
    start,
    answer,
    leave: () => (trial.value = null),
  };
}
