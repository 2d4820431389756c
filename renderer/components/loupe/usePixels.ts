import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { readPixels } from './pixels.ts';
import type { Pixels } from './tone.ts';

/** Addresses of A and B; undefined where there is none, or its values are not wanted. */
interface Addresses {
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** The values of A and B, read together. */
interface Values {
  readonly of: Addresses;
  readonly a: Pixels | undefined;
  readonly b: Pixels | undefined;
}

/**
 * The values of both pictures, read again when an address changes. Those before stay until both are there, so that
 * nothing flashes on the way from image to image, and a difference is never one of two images. Those of a picture that
 * cannot be read are undefined.
 */
export function usePixels(addresses: () => Addresses) {
  const values = shallowRef<Values>({ of: { a: undefined, b: undefined }, a: undefined, b: undefined });
  const isReading = ref(false);
  let reading: AbortController | undefined;

  async function read(url: string | undefined, signal: AbortSignal): Promise<Pixels | undefined> {
    const { of, a, b } = values.value;
    if (url === undefined) return undefined;
    if (url === of.a && a) return a;
    if (url === of.b && b) return b;
    // The picture beside it says that it cannot be shown.
    return readPixels(url, signal).catch(() => undefined);
  }

  watch(
    addresses,
    async (now, before) => {
      if (now.a === before?.a && now.b === before?.b) return;
      reading?.abort();
      const mine = new AbortController();
      reading = mine;
      isReading.value = true;
      const [a, b] = await Promise.all([read(now.a, mine.signal), read(now.b, mine.signal)]);
      if (mine.signal.aborted) return;
      values.value = { of: now, a, b };
      isReading.value = false;
    },
    { immediate: true },
  );
  onScopeDispose(() => reading?.abort());
  return { values, isReading };
}
