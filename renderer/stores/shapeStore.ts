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

  /** Null where none was chosen, or one of an older program. */
  const shape = computed<Preprocessing | null>(() => {
    const parsed = preprocessingSchema.safeParse(kept.value[folder.value]);
    return parsed.success ? parsed.data : null;
  });

  return {
    shape,
    /** How a training of this size prepares the images; null leaves it to the studio. */
    preparedFor(size: Pick<Preprocessing, 'widthPx' | 'heightPx' | 'channels'>): Preprocessing | null {
      if (!shape.value) return null;
      const { widthPx, heightPx, channels } = size;
      const equalise = shape.value.equalise && channels === 1;
      const parsed = preprocessingSchema.safeParse({
        ...shape.value,
        ...{ widthPx, heightPx, channels, equalise },
      });
      return parsed.success ? parsed.data : null;
    },
    keep(chosen: Preprocessing): void {
      if (folder.value !== '') kept.value = { ...kept.value, [folder.value]: chosen };
    },
  };
});
