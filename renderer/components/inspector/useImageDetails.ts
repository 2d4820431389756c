import { onScopeDispose, shallowRef, watch } from 'vue';
import type { OutputOf } from '../../../core/contract/contract.ts';
import { studio } from '../../studio.ts';

export type ImageDetails = OutputOf<'images.get'>;

/**
 * Everything that is known of an image; read again when it may have changed. What was shown stays until the next is
 * there, so that stepping from image to image does not flash.
 */
export function useImageDetails(imageId: () => number | undefined) {
  const details = shallowRef<ImageDetails>();
  const error = shallowRef<unknown>();
  let newest = 0;

  async function load(): Promise<void> {
    newest += 1;
    const asked = newest;
    const id = imageId();
    if (id === undefined) {
      details.value = undefined;
      return;
    }
    try {
      const loaded = await studio.images.get({ id });
      if (asked !== newest) return;
      details.value = loaded;
      error.value = undefined;
    } catch (caught) {
      if (asked !== newest) return;
      details.value = undefined;
      error.value = caught;
    }
  }

  watch(imageId, load, { immediate: true });
  onScopeDispose(
    studio.subscribe((event) => {
      if (event.type === 'data' && event.what !== 'views') void load();
    }),
  );
  return { details, error };
}
