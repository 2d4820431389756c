import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { InputOf } from '../../core/contract/contract.ts';
import { useDataStore } from './dataStore.ts';
import { hasPlace, NO_RANGES, sizeOf, toggled, withRange, type Ranges } from './ranges.ts';

/** Which places of the search are chosen, and which one has the focus. A million images are one range. */
export const useSelectionStore = defineStore('selection', () => {
  const data = useDataStore();
  const ranges = shallowRef<Ranges>(NO_RANGES);
  /** The place that the keys start from and the inspector shows. */
  const active = ref(0);
  /** Where an extended selection began, and what was chosen besides. */
  let anchor = 0;
  let besides: Ranges = NO_RANGES;

  watch(
    () => data.listing,
    () => {
      ranges.value = NO_RANGES;
      besides = NO_RANGES;
      active.value = Math.max(0, Math.min(active.value, data.count - 1));
      anchor = active.value;
    },
    { flush: 'sync' },
  );

  function go(place: number): void {
    active.value = Math.max(0, Math.min(place, data.count - 1));
  }

  /** Moves the focus; with `extends` everything from the anchor to it is chosen. */
  function move(place: number, extend: boolean): void {
    go(place);
    if (extend) ranges.value = withRange(besides, anchor, active.value);
    else [anchor, besides] = [active.value, ranges.value];
  }

  function toggle(place: number): void {
    go(place);
    ranges.value = toggled(ranges.value, place);
    [anchor, besides] = [place, ranges.value];
  }

  /** As a click does: this one alone, Ctrl: this one too or not, Shift: up to this one. */
  function click(place: number, { ctrl, shift }: { readonly ctrl: boolean; readonly shift: boolean }): void {
    if (shift) {
      if (!ctrl) besides = NO_RANGES;
      move(place, true);
    } else if (ctrl) toggle(place);
    else {
      ranges.value = [[place, place]];
      besides = NO_RANGES;
      go(place);
      anchor = place;
    }
  }

  function clear(): void {
    ranges.value = NO_RANGES;
    besides = NO_RANGES;
  }

  return {
    ranges,
    active,
    size: computed(() => sizeOf(ranges.value)),
    has: (place: number) => hasPlace(ranges.value, place),
    go,
    move,
    toggle,
    click,
    clear,
    /** As before anything was chosen: another library is open. */
    reset() {
      clear();
      active.value = 0;
      anchor = 0;
    },
    set(chosen: Ranges) {
      ranges.value = chosen;
      besides = chosen;
    },
    all() {
      ranges.value = data.count > 0 ? [[0, data.count - 1]] : NO_RANGES;
    },
    /** What actions are for: what is chosen, else the image with the focus. */
    target(): InputOf<'edits.exclude'>['target'] | undefined {
      if (!data.listing || data.count === 0) return undefined;
      const places: Ranges = ranges.value.length > 0 ? ranges.value : [[active.value, active.value]];
      return {
        listing: data.listing.listing,
        ranges: places.map(([from, to]): [number, number] => [from, to]),
      };
    },
  };
});
