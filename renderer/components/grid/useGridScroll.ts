import { useDebounceFn, useElementSize, useEventListener } from '@vueuse/core';
import { computed, ref, watch, type Ref } from 'vue';
import { gridLayout, rowsSeen, scrolledToRow } from './gridLayout.ts';
import { tallScroll } from './tallScroll.ts';

/** Rows drawn above and below what is seen, so that a turn of the wheel finds them there. */
const BEYOND = 2;
/** After this long without scrolling the scroll position is brought to where the list is. */
const SETTLE_MS = 150;
/** After this long without scrolling fast there is time for rows that are not seen. */
const REST_MS = 400;
/** Between two scroll events that belong to one movement. */
const MOVEMENT_MS = 100;

/**
 * Which rows of a grid are drawn and where. `scroller` is the element that scrolls; it holds one element of
 * `spacerPx` height in which row r stands at `rowTop(r)`.
 */
export function useGridScroll(
  scroller: Readonly<Ref<HTMLElement | null>>,
  count: Ref<number>,
  tilePx: Ref<number>,
) {
  const { width, height } = useElementSize(scroller);
  const layout = computed(() => gridLayout(count.value, width.value, tilePx.value));
  const tall = computed(() => tallScroll(layout.value.heightPx, height.value));
  /** The place in the list at the upper edge, and how far rows are drawn from where they are in the list. */
  const place = ref(0);
  const shift = ref(0);
  let lastScroll = 0;
  /** When it was last scrolled by more than what is seen. */
  let fastAtMs = -Infinity;
  const beyond = ref(BEYOND);

  const mostPlace = (): number => Math.max(0, layout.value.heightPx - height.value);

  /** Goes to a place in the list. */
  function scrollTo(wanted: number): void {
    const element = scroller.value;
    if (!element) return;
    const target = Math.max(0, Math.min(mostPlace(), wanted));
    const scrollTop = Math.round(tall.value.toScroll(target));
    place.value = target;
    shift.value = scrollTop - target;
    lastScroll = scrollTop;
    element.scrollTop = scrollTop;
  }

  const reachBeyond = useDebounceFn(() => (beyond.value = BEYOND), REST_MS);
  const settle = useDebounceFn(() => {
    if (tall.value.height < layout.value.heightPx) scrollTo(place.value);
  }, SETTLE_MS);

  useEventListener(
    scroller,
    'scroll',
    () => {
      const scrollTop = scroller.value?.scrollTop ?? 0;
      const isTall = tall.value.height < layout.value.heightPx;
      const step = Math.abs(scrollTop - lastScroll);
      const isJump = step > 3 * height.value;
      lastScroll = scrollTop;
      if (step > height.value) {
        fastAtMs = performance.now();
        beyond.value = 0;
      }
      if (!isTall || isJump) {
        place.value = tall.value.toPlace(scrollTop);
        shift.value = scrollTop - place.value;
      } else {
        place.value = Math.max(0, Math.min(mostPlace(), scrollTop - shift.value));
        shift.value = scrollTop - place.value;
      }
      void settle();
      if (beyond.value < BEYOND) void reachBeyond();
    },
    { passive: true },
  );

  // Another width or tile size: what was at the upper edge stays there.
  watch(
    [layout, height],
    ([now], [before]) => {
      const first = Math.floor(place.value / before.pitchPx) * before.columns;
      const isSame = now.pitchPx === before.pitchPx && now.columns === before.columns;
      if (!isSame) scrollTo(Math.floor(first / now.columns) * now.pitchPx);
      else if (place.value > mostPlace()) scrollTo(mostPlace());
    },
    { flush: 'post' },
  );

  return {
    layout,
    viewPx: height,
    spacerPx: computed(() => tall.value.height),
    place,
    rows: computed(() => rowsSeen(layout.value, place.value, height.value, beyond.value)),
    /** While the scroll bar is dragged: what is seen now is gone at once. */
    isFast: () => performance.now() - fastAtMs < MOVEMENT_MS,
    rowTop: (row: number) => row * layout.value.pitchPx + shift.value,
    scrollTo,
    showRow: (row: number) => {
      const wanted = scrolledToRow(layout.value, row, place.value, height.value);
      if (wanted !== place.value) scrollTo(wanted);
    },
  };
}
