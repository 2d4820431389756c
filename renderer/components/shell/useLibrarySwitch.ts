import { ref, watch, type Ref } from 'vue';
import { useRouter } from 'vue-router';
import { useLibraryStore } from '../../stores/libraryStore.ts';
import { useSelectionStore } from '../../stores/selectionStore.ts';

/**
 * Forgets what was shown of a library when another one is opened, by whatever way: its views, its selection, and its
 * numbers in the address. Counts the libraries shown, as a key for what shows one.
 */
export function useLibrarySwitch(): Readonly<Ref<number>> {
  const library = useLibraryStore();
  const selection = useSelectionStore();
  const router = useRouter();
  const shown = ref(0);
  let last: string | undefined;
  watch(
    () => library.library?.folder,
    (folder) => {
      if (folder === undefined || folder === last) return;
      const isOther = last !== undefined;
      last = folder;
      if (!isOther) return;
      shown.value += 1;
      selection.reset();
      if (router.currentRoute.value.meta.needsLibrary !== false) void router.replace({ name: 'data' });
    },
    { immediate: true, flush: 'sync' },
  );
  return shown;
}
