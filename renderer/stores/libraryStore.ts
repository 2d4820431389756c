import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { StudioEvent } from '../../core/contract/events.ts';
import { createPace } from '../composables/pace.ts';
import { studio } from '../studio.ts';
import { useLive } from './live.ts';

/** How far the work is need not be known to the instant. */
const INTERVAL_MS = 1000;

/** What may bring a part of the work further: new data, a run that begins or ends, a checkpoint, a result. */
const BRINGS_FURTHER: ReadonlySet<StudioEvent['type']> = new Set([
  'data',
  'run',
  'run-removed',
  'checkpoint',
  'results',
]);

/** The open library, and how far each part of the work is. */
export const useLibraryStore = defineStore('library', () => {
  const { value, error, refresh } = useLive(
    () => studio.library.current({}),
    (event, current) => {
      if (event.type === 'library') return { now: event.library };
      if (event.type === 'pictures')
        return current ? { now: { ...current, pictures: event.pictures } } : 'stale';
      if (BRINGS_FURTHER.has(event.type)) pace.ask();
      return undefined;
    },
  );
  const pace = createPace(INTERVAL_MS, refresh);
  return {
    /** Undefined until it is known, null while none is open. */
    library: value,
    error,
    refresh,
    /**
     * Names the open library in addresses of pictures. Where none is open it is the last one, so that what is about to be
     * taken off the screen asks for nothing.
     */
    pictures: computed<string>((before) => value.value?.pictures ?? before ?? 'none'),
    isOpen: computed(() => Boolean(value.value)),
  };
});
