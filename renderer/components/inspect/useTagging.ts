import { computed } from 'vue';
import { useAction } from '../../composables/actions.ts';
import { useEditStore } from '../../stores/editStore.ts';
import { text } from '../../text/index.ts';

/** What can be said of the image in the loupe by a key: good or bad, with a way back. */
export function useTagging(imageId: () => number | undefined): void {
  const edits = useEditStore();
  const why = computed(() => (imageId() === undefined ? text.inspect.loupe.noImage : ''));
  const target = () => {
    const id = imageId();
    return id === undefined ? undefined : { ids: [id] };
  };

  async function tag(name: 'good' | 'bad'): Promise<void> {
    const aimed = target();
    if (aimed) await edits.tag({ target: aimed, tag: name, on: true });
  }

  useAction('images.tag-good', () => tag('good'), { why });
  useAction('images.tag-bad', () => tag('bad'), { why });
  useAction('edit.undo', () => edits.undo());
  useAction('edit.redo', () => edits.redo());
}
