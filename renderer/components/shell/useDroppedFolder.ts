import { useEventListener } from '@vueuse/core';
import { useRouter } from 'vue-router';
import type { StudioShell } from '../../../core/contract/studio-shell.ts';
import { attempt } from '../../composables/attempt.ts';
import { useLibraryStore } from '../../stores/libraryStore.ts';
import { useSwitchStore } from '../../stores/switchStore.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';

/**
 * A folder dropped on the window: a library is opened, another folder is imported. A browser does not tell where a
 * dropped folder lies; then it is said how to choose it.
 */
export function useDroppedFolder(): void {
  const library = useLibraryStore();
  const router = useRouter();
  const { leave } = useSwitchStore();
  const toasts = useToastStore();
  const { studioShell } = window as { readonly studioShell?: StudioShell };

  useEventListener(window, 'dragover', (event: DragEvent) => event.preventDefault());
  const drop = async (event: DragEvent): Promise<void> => {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    if (!studioShell) {
      toasts.say(text.import.dropInBrowser);
      return;
    }
    const folder = studioShell.pathOfDropped(file);
    if (/\.simgan[/\\]?$/.test(folder)) {
      await attempt(() => leave((whenBusy) => studio.library.open({ folder, whenBusy })));
    } else if (library.isOpen) await router.push({ name: 'import', query: { folder } });
    else toasts.say(text.shell.needs.library);
  };
  useEventListener(window, 'drop', (event: DragEvent) => void drop(event));
}
