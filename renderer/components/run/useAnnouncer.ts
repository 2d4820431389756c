import { onScopeDispose, ref, type Ref } from 'vue';

/** Between two announcements, so that a screen reader is not talked over. */
const INTERVAL_MS = 10_000;

/**
 * Says things one after the other, at least ten seconds apart. Of what comes meanwhile only the newest is said: a reader
 * wants to know how things stand, and the panel has the rest.
 */
export function useAnnouncer(): {
  readonly spoken: Readonly<Ref<string>>;
  readonly announce: (words: string) => void;
} {
  const spoken = ref('');
  let waiting: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const sayNext = (): void => {
    timer = undefined;
    if (waiting === undefined) return;
    spoken.value = waiting;
    waiting = undefined;
    timer = setTimeout(sayNext, INTERVAL_MS);
  };
  onScopeDispose(() => clearTimeout(timer));
  return {
    spoken,
    announce(words) {
      waiting = words;
      if (timer === undefined) sayNext();
    },
  };
}
