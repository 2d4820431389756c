import { useFolderStore, type FolderPurpose } from '../stores/folderStore.ts';
import { useSystemStore } from '../stores/systemStore.ts';
import { studio } from '../studio.ts';

/**
 * A function that asks the user for a folder (for `relink`: for an image file) by the shell's own dialog, or by the
 * window's where the shell has none. Gives null when it was cancelled.
 */
export function usePickFolder(purpose: FolderPurpose): () => Promise<string | null> {
  const system = useSystemStore();
  const folders = useFolderStore();
  return async () => {
    if (system.capabilities?.dialogs === true) return (await studio.system.pickFolder({ purpose })).path;
    return await folders.ask(purpose);
  };
}
