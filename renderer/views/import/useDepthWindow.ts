import { computed } from 'vue';
import { useImportStore } from '../../stores/importStore.ts';

/** How depth is shown and, in the shape, given to the networks: from the nearest to the farthest, in millimetres. */
export function useDepthWindow() {
  const store = useImportStore();
  return {
    /** Whether the sample's images hold depth rather than grey levels. */
    isDepth: computed(() => store.sample?.images.some(({ bitDepth }) => bitDepth === 16) ?? false),
    query: computed(() => {
      if (!store.sample?.images.some(({ bitDepth }) => bitDepth === 16)) return '';
      const { nearMm, rangeMm } = store.depth;
      return `?low=${nearMm}&high=${Math.min(65_535, nearMm + rangeMm)}`;
    }),
  };
}
