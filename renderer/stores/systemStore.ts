import { useDocumentVisibility, useIntervalFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { studio } from '../studio.ts';
import { onConnection, type ConnectionState } from '../transport.ts';
import { useLive } from './live.ts';

const EVERY_MS = 5_000;

/** This computer, what the shell can do, and whether the studio can be reached. */
export const useSystemStore = defineStore('system', () => {
  const { value, error, refresh } = useLive(
    () => studio.system.info({}),
    (event) => (event.type === 'library' ? 'stale' : undefined),
  );
  const connection = ref<ConnectionState>('connecting');
  onConnection((state) => (connection.value = state));

  // Memory and engine change without an event.
  const visibility = useDocumentVisibility();
  const { pause, resume } = useIntervalFn(() => {
    if (connection.value === 'open') void refresh();
  }, EVERY_MS);
  watch(visibility, (now) => (now === 'visible' ? resume() : pause()));

  /** The version of the studio that this window was opened with. */
  const firstVersion = ref<string>();
  watch(value, (info) => (firstVersion.value ??= info?.version));

  return {
    info: value,
    error,
    connection,
    isOutOfReach: computed(() => connection.value === 'lost' || connection.value === 'refused'),
    capabilities: computed(() => value.value?.capabilities),
    /** Set when the studio was replaced by another version while this window was open. */
    newVersion: computed(() =>
      firstVersion.value !== undefined && value.value?.version !== firstVersion.value
        ? value.value?.version
        : undefined,
    ),
  };
});
