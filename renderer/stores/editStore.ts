import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { InputOf, OutputOf } from '../../core/contract/contract.ts';
import { attempt } from '../composables/attempt.ts';
import { studio } from '../studio.ts';
import { text } from '../text/index.ts';
import { useLive } from './live.ts';
import { useToastStore } from './toastStore.ts';

type EditResult = OutputOf<'edits.undo'>;

/** Curation and correction, each with a way back: every edit says what it did, beside a button that undoes it. */
export const useEditStore = defineStore('edits', () => {
  const toasts = useToastStore();
  const { value } = useLive(
    () => studio.edits.list({ limit: 100 }),
    (event) => {
      const concerns =
        event.type === 'library' ||
        (event.type === 'data' && (event.what === 'images' || event.what === 'tags'));
      return concerns ? 'stale' : undefined;
    },
  );

  /** How far a change of many images is; undefined while none is under way. */
  const progress = shallowRef<{ readonly done: number; readonly images: number }>();
  studio.subscribe((event) => {
    if (event.type === 'edit') progress.value = event.done < event.images ? event : undefined;
    else if (event.type === 'library') progress.value = undefined;
  });
  // Whether it has ended meanwhile nobody knows.
  studio.onReconnect(() => (progress.value = undefined));

  async function perform(work: () => Promise<EditResult>): Promise<boolean> {
    const result = await attempt(work);
    if (!result) return false;
    if (result.edit === null) toasts.say(text.data.nothingChanged);
    else toasts.succeed(result.edit.title, { text: text.common.undo, run: undo });
    return result.edit !== null;
  }

  async function undo(): Promise<void> {
    const result = await attempt(() => studio.edits.undo({}));
    if (result?.edit) toasts.say(text.data.undone(result.edit.title), { text: text.common.redo, run: redo });
    else if (result) toasts.say(text.data.nothingToUndo);
  }

  async function redo(): Promise<void> {
    const result = await attempt(() => studio.edits.redo({}));
    if (result?.edit) toasts.succeed(result.edit.title, { text: text.common.undo, run: undo });
    else if (result) toasts.say(text.data.nothingToRedo);
  }

  return {
    edits: computed(() => value.value?.edits ?? []),
    progress: computed(() => progress.value),
    canUndo: computed(() => value.value?.canUndo ?? false),
    canRedo: computed(() => value.value?.canRedo ?? false),
    undo,
    redo,
    tag: (input: InputOf<'edits.tag'>) => perform(() => studio.edits.tag(input)),
    exclude: (input: InputOf<'edits.exclude'>) => perform(() => studio.edits.exclude(input)),
    pin: (input: InputOf<'edits.pin'>) => perform(() => studio.edits.pin(input)),
    setSplit: (input: InputOf<'edits.setSplit'>) => perform(() => studio.edits.setSplit(input)),
    setLabel: (input: InputOf<'edits.setLabel'>) => perform(() => studio.edits.setLabel(input)),
    removeLabel: (input: InputOf<'edits.removeLabel'>) => perform(() => studio.edits.removeLabel(input)),
    renameTag: (input: InputOf<'edits.renameTag'>) => perform(() => studio.edits.renameTag(input)),
  };
});
