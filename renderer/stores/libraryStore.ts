import { defineStore } from 'pinia';
import { computed } from 'vue';
import { studio } from '../studio.ts';
import { useLive } from './live.ts';

/** The open library, and how far each part of the work is. */
export const useLibraryStore = defineStore('library', () => {
  const { value, error, refresh } = useLive(
    () => studio.library.current({}),
    (event) => (event.type === 'library' ? { now: event.library } : undefined),
  );
  return {
    /** Undefined until it is known, null while none is open. */
    library: value,
    error,
    refresh,
    isOpen: computed(() => Boolean(value.value)),
  };
});
