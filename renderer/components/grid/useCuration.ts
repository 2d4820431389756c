import { computed, ref } from 'vue';
import { useAction } from '../../composables/actions.ts';
import { attempt } from '../../composables/attempt.ts';
import { useDataStore } from '../../stores/dataStore.ts';
import { useEditStore } from '../../stores/editStore.ts';
import { useSelectionStore } from '../../stores/selectionStore.ts';
import { useSystemStore } from '../../stores/systemStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import { isPinned } from './describeImage.ts';

/** What can be done to the chosen images, as actions of the catalogue and for buttons. */
export function useCuration() {
  const data = useDataStore();
  const selection = useSelectionStore();
  const edits = useEditStore();
  const system = useSystemStore();
  const isTagging = ref(false);
  const isRenamingTag = ref(false);
  const isHistoryOpen = ref(false);

  const active = computed(() => data.imageAt(selection.active));
  const why = computed(() => (data.count === 0 ? text.data.actions.nothingToDo : ''));
  /** How many images an action is for. */
  const aimed = computed(() => (selection.size > 0 ? selection.size : Math.min(1, data.count)));
  /** The first of the chosen images says what is to become of all. */
  const first = computed(() => {
    const place = selection.ranges[0]?.[0];
    return (
      (place === undefined || selection.has(selection.active) ? active.value : data.imageAt(place)) ??
      active.value
    );
  });
  const isExcluded = computed(() => first.value !== undefined && first.value.excludedReason !== null);
  const isFirstPinned = computed(() => first.value !== undefined && isPinned(first.value));

  type Target = NonNullable<ReturnType<typeof selection.target>>;
  const withTarget = (work: (target: Target) => Promise<unknown>) => async (): Promise<void> => {
    const target = selection.target();
    if (target) await work(target);
  };

  const exclude = withTarget((target) =>
    edits.exclude({ target, reason: isExcluded.value ? null : text.data.actions.excludedByHand }),
  );
  const pin = withTarget((target) => edits.pin({ target, on: !isFirstPinned.value }));
  const split = withTarget((target) =>
    edits.setSplit({ target, split: first.value?.split === 'test' ? 'train' : 'test' }),
  );
  const tag = (name: string, on: boolean): Promise<void> =>
    withTarget((target) => edits.tag({ target, tag: name, on }))();
  const reveal = async (): Promise<void> => {
    const id = active.value?.id;
    if (id !== undefined) await attempt(() => studio.system.reveal({ what: { kind: 'image', id } }));
  };
  const whyNoReveal = computed(() =>
    system.capabilities?.reveal === true ? why.value : text.data.actions.revealWhy,
  );

  useAction('images.exclude', exclude, { why });
  useAction('images.pin', pin, { why });
  useAction('images.tag', () => (isTagging.value = true), { why });
  useAction('images.tag-good', () => tag('good', true), { why });
  useAction('images.tag-bad', () => tag('bad', true), { why });
  useAction('images.split', split, { why });
  useAction('images.reveal', reveal, { why: whyNoReveal });
  useAction('tag.rename', () => (isRenamingTag.value = true));
  useAction('edit.history', () => (isHistoryOpen.value = true));
  useAction('grid.select-all', () => selection.all(), { why });

  return {
    active,
    aimed,
    first,
    why,
    whyNoReveal,
    isExcluded,
    isFirstPinned,
    isTagging,
    isRenamingTag,
    isHistoryOpen,
    exclude,
    pin,
    split,
    tag,
    reveal,
  };
}
