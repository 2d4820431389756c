import { computed } from 'vue';
import { useRoute } from 'vue-router';
import type { OutputOf } from '../../../core/contract/contract.ts';
import { useLatest } from '../../composables/latest.ts';
import { studio } from '../../studio.ts';
import { usePutQuery } from './usePutQuery.ts';
import { useQueryChoice } from './useQueryChoice.ts';

export type HistoryView = OutputOf<'history.view'>;
export type HistoryImage = HistoryView['images'][number];

export const HISTORY_ORDERS = ['slot', 'newest', 'oldest'] as const;

/** What the history buffer of a run held after a step; the step lives in the address (`buffer`). */
export function useHistory(runId: () => number) {
  const route = useRoute();
  const put = usePutQuery();
  const asked = computed(() => {
    const step = Number(route.query.buffer);
    return typeof route.query.buffer === 'string' && Number.isInteger(step) ? step : null;
  });
  const view = useLatest(
    () => ({ runId: runId(), step: asked.value }),
    (key) => studio.history.view(key),
    { delayMs: 60 },
  );
  const entered = useLatest(
    () => view.value.value && { runId: view.value.value.runId, step: view.value.value.step },
    (key) => studio.history.entered(key),
  );
  const order = useQueryChoice('entries', HISTORY_ORDERS, 'slot');
  const images = computed(() => {
    const all = view.value.value?.images ?? [];
    if (order.value === 'slot') return all;
    const sign = order.value === 'newest' ? 1 : -1;
    return all.toSorted((left, right) => sign * (left.ageSteps - right.ageSteps) || left.slot - right.slot);
  });
  const chosen = computed(() => images.value.find(({ slot }) => String(slot) === route.query.slot));
  return {
    view: view.value,
    error: view.error,
    entered: entered.value,
    order,
    images,
    chosen,
    goTo: (step: number) => put({ buffer: String(step) }),
    choose: (slot: number) => put({ slot: String(slot) }),
  };
}
