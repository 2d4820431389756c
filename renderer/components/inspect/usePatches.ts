import { computed, ref, watch } from 'vue';
import { useLatest } from '../../composables/latest.ts';
import { studio } from '../../studio.ts';
import { hottestFirst, type PatchCell } from './patches.ts';
import { useQueryChoice } from './useQueryChoice.ts';

interface PatchedPicture {
  readonly runId: number;
  readonly step: number;
  readonly imageId: number;
}

/** What the discriminator of a checkpoint says of each patch of a picture, and which patch is looked at. */
export function usePatches(picture: () => PatchedPicture | undefined) {
  const of = useQueryChoice('of', ['refined', 'synthetic'] as const, 'refined');
  const key = computed(() => {
    const asked = picture();
    return asked && { ...asked, of: of.value };
  });
  const { value: map, error } = useLatest(
    () => key.value,
    (asked) => studio.inspect.patchMap(asked),
  );
  const order = computed(() => (map.value ? hottestFirst(map.value) : []));
  const cell = ref<PatchCell>();
  // A place that is kept from image to image is one that can be compared; the first is the hottest.
  watch(order, (cells) => {
    const isThere = cells.some(({ column, row }) => column === cell.value?.column && row === cell.value.row);
    if (!isThere) cell.value = cells[0];
  });
  const rank = computed(() =>
    order.value.findIndex(({ column, row }) => column === cell.value?.column && row === cell.value.row),
  );
  return {
    of: computed(() => of.value),
    show: (next: 'refined' | 'synthetic') => (of.value = next),
    map: computed(() => map.value),
    error: computed(() => error.value),
    cell: computed(() => cell.value),
    /** The place of the cell among all, the hottest is 0. */
    rank,
    patches: computed(() => order.value.length),
    choose: (next: PatchCell) => (cell.value = next),
    moveRank(by: 1 | -1) {
      cell.value = order.value[rank.value + by] ?? cell.value;
    },
  };
}

export type Patches = ReturnType<typeof usePatches>;
