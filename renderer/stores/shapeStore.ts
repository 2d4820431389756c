import { useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed } from 'vue';
import { preprocessingSchema, type Preprocessing } from '../../core/contract/preprocessing.ts';
import { useLibraryStore } from './libraryStore.ts';

/** The shape that was chosen for a library's images at their import: what a training of this library begins with. */
export const useShapeStore = defineStore('shape', () => {
  const library = useLibraryStore();
  const kept = useLocalStorage<Record<string, unknown>>('shapes', {});
  const folder = computed(() => library.library?.folder ?? '');

  return {
    /** Null where none was chosen, or one of an older program. */
    shape: computed<Preprocessing | null>(() => {
      const parsed = preprocessingSchema.safeParse(kept.value[folder.value]);
      return parsed.success ? parsed.data : null;
    }),
    keep(shape: Preprocessing): void {
      if (folder.value !== '') kept.value = { ...kept.value, [folder.value]: shape };
    },
  };
});
