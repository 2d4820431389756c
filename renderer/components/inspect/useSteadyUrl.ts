import { onScopeDispose, ref, watch, type Ref } from 'vue';

/** The address of a picture that has been read: the one before stays until then, so that nothing flashes on the way. */
export function useSteadyUrl(url: () => string): Readonly<Ref<string>> {
  const shown = ref(url());
  let newest = 0;
  watch(url, async (wanted) => {
    newest += 1;
    const asked = newest;
    const image = new Image();
    image.src = wanted;
    // One that cannot be read is shown as such.
    await image.decode().catch(() => undefined);
    if (asked === newest) shown.value = wanted;
  });
  onScopeDispose(() => (newest += 1));
  return shown;
}
