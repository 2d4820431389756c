import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { OutputOf } from '../../core/contract/contract.ts';
import type { ImageSearch } from '../components/filters/imageSearch.ts';
import { attempt } from '../composables/attempt.ts';
import { studio } from '../studio.ts';
import { text } from '../text/index.ts';
import { useLive } from './live.ts';
import { useToastStore } from './toastStore.ts';

export type SavedView = OutputOf<'views.list'>[number];

/** Searches that were given a name. */
export const useViewStore = defineStore('views', () => {
  const toasts = useToastStore();
  const { value } = useLive(
    () => studio.views.list({}),
    (event) =>
      event.type === 'library' || (event.type === 'data' && event.what === 'views') ? 'stale' : undefined,
  );

  async function save(name: string, { filter, sort }: ImageSearch): Promise<boolean> {
    const saved = await attempt(() => studio.views.save({ name, filter, sort }));
    if (saved) toasts.succeed(text.data.filters.savedView(name));
    return saved !== undefined;
  }

  async function remove(view: SavedView): Promise<void> {
    const removed = await attempt(() => studio.views.remove({ name: view.name }));
    if (!removed) return;
    toasts.say(text.data.filters.removedView(view.name), {
      text: text.common.undo,
      run: () => attempt(() => studio.views.save(view)),
    });
  }

  return { views: computed(() => value.value ?? []), save, remove };
});
