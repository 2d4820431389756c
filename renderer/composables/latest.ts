import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';

interface Latest<Value> {
  /** Of the key as it is now, or while that is loaded of the one before; undefined without a key. */
  readonly value: Readonly<ShallowRef<Value | undefined>>;
  readonly error: Readonly<ShallowRef<unknown>>;
  readonly isLoading: Readonly<ShallowRef<boolean>>;
}

/**
 * Something that is asked for anew whenever its key changes; only the answer to the newest question counts. A key is
 * plain data; undefined asks nothing.
 */
export function useLatest<Key, Value>(
  key: () => Key | undefined,
  load: (key: Key) => Promise<Value>,
  { delayMs = 0 }: { readonly delayMs?: number } = {},
): Latest<Value> {
  const value = shallowRef<Value>();
  const error = shallowRef<unknown>();
  const isLoading = shallowRef(false);
  let newest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (asked: number, now: Key): Promise<void> => {
    try {
      const loaded = await load(now);
      if (asked !== newest) return;
      value.value = loaded;
      error.value = undefined;
    } catch (caught) {
      if (asked !== newest) return;
      value.value = undefined;
      error.value = caught;
    }
    isLoading.value = false;
  };
  watch(
    () => JSON.stringify(key()),
    () => {
      newest += 1;
      clearTimeout(timer);
      const now = key();
      isLoading.value = now !== undefined;
      if (now === undefined) {
        value.value = undefined;
        error.value = undefined;
        return;
      }
      const asked = newest;
      timer = setTimeout(() => void ask(asked, now), delayMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    newest += 1;
    clearTimeout(timer);
  });
  return { value, error, isLoading };
}
