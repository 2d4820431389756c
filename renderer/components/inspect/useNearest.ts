import { computed, ref, watch } from 'vue';
import type { InputOf, OutputOf } from '../../../core/contract/contract.ts';
import { useLatest } from '../../composables/latest.ts';
import { studio } from '../../studio.ts';

export type NearImage = OutputOf<'inspect.nearestReal'>['images'][number];

/** The nearest and some to choose from. */
const MOST = 8;
/** The realism dial moves in many small steps. */
const DELAY_MS = 60;

/** The real images most like a picture, and which of them is looked at: the nearest, until another is chosen. */
export function useNearest(picture: () => Omit<InputOf<'inspect.nearestReal'>, 'most'> | undefined) {
  const { value: found, error } = useLatest(
    picture,
    (asked) => studio.inspect.nearestReal({ ...asked, most: MOST }),
    { delayMs: DELAY_MS },
  );
  const chosenId = ref<number>();
  watch(
    () => picture()?.imageId,
    () => (chosenId.value = undefined),
  );
  const chosen = computed(() => {
    const images = found.value?.images ?? [];
    return images.find(({ imageId }) => imageId === chosenId.value) ?? images[0];
  });
  return {
    /** Undefined until it is known. */
    found: computed(() => found.value),
    error: computed(() => error.value),
    chosen,
    choose: (imageId: number) => (chosenId.value = imageId),
  };
}

export type NearestImages = ReturnType<typeof useNearest>;
