import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { readPixels } from './pixels.ts';
import type { Pixels } from './tone.ts';

/** The values of a picture, read again when its address changes; undefined while there are none. */
export function usePixels(url: () => string | undefined): Readonly<ShallowRef<Pixels | undefined>> {
  const pixels = shallowRef<Pixels>();
  let reading: AbortController | undefined;
  watch(
    url,
    async (now) => {
      reading?.abort();
      pixels.value = undefined;
      if (now === undefined) return;
      const mine = new AbortController();
      reading = mine;
      try {
        const read = await readPixels(now, mine.signal);
        if (!mine.signal.aborted) pixels.value = read;
      } catch {
        // The picture beside it says that it cannot be shown; without values there is only no readout.
      }
    },
    { immediate: true },
  );
  onScopeDispose(() => reading?.abort());
  return pixels;
}
