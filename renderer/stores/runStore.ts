import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { InputOf, OutputOf } from '../../core/contract/contract.ts';
import { studio } from '../studio.ts';
import { useLive } from './live.ts';

export type Run = OutputOf<'runs.get'>;

/** Every run of the library, as it is now; those in the trash as well. */
export const useRunStore = defineStore('runs', () => {
  const { value, error, refresh } = useLive(
    () => studio.runs.list({}),
    (event, current) => {
      if (event.type === 'library') return 'stale';
      if (event.type !== 'run' && event.type !== 'run-removed') return undefined;
      if (!current) return 'stale';
      if (event.type === 'run-removed') return { now: current.filter(({ id }) => id !== event.runId) };
      const place = current.findIndex(({ id }) => id === event.run.id);
      return { now: place < 0 ? [...current, event.run] : current.with(place, event.run) };
    },
  );
  const byId = computed(() => new Map((value.value ?? []).map((run) => [run.id, run])));

  return {
    /** Undefined until they are known. */
    runs: value,
    error,
    refresh,
    byId,
    update: (changes: InputOf<'runs.update'>) => studio.runs.update(changes),
  };
});
