import { refDebounced, useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed } from 'vue';
import { z } from 'zod';
import { colourMaps } from '../../core/contract/colour-maps.ts';
import type { DepthLook } from '../../core/contract/picture-urls.ts';
import { useDataStore, type GridImage } from './dataStore.ts';

const lookSchema = z.object({
  lowMm: z.number().exactOptional(),
  highMm: z.number().exactOptional(),
  map: z.enum(colourMaps),
  isNearBright: z.boolean(),
});
const USUAL: DepthLook = { map: 'grey', isNearBright: true };
const SETTLED_MS = 150;

/** How depth maps are drawn in lists of images: the same for all, so that they can be compared. */
export const useDepthLookStore = defineStore('depth look', () => {
  const kept = useLocalStorage<unknown>('depth look', USUAL);
  const data = useDataStore();
  const ofDepth = computed(
    () => new Set(data.datasets.filter(({ depth }) => depth !== null).map(({ id }) => id)),
  );
  const look = computed<DepthLook>({
    get: () => lookSchema.safeParse(kept.value).data ?? USUAL,
    set: (value) => (kept.value = value),
  });
  /** Every picture of a list is made anew: not while a slider is on its way. */
  const settled = refDebounced(look, SETTLED_MS);
  return {
    look,
    /** The look to ask for an image in; undefined where it is none of depth. */
    lookOf: ({ datasetId }: Pick<GridImage, 'datasetId'>): DepthLook | undefined =>
      ofDepth.value.has(datasetId) ? settled.value : undefined,
    reset: () => (kept.value = USUAL),
  };
});
