import { computed, shallowRef, type Ref } from 'vue';

interface Corner {
  readonly x: number;
  readonly y: number;
}

interface Band {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A drag shorter than this is a click. */
const SLACK_PX = 6;
const EDGE_PX = 32;

/**
 * A band drawn with the mouse over a list that scrolls below it. Corners are in pixels of the whole list; `scrollBy`
 * is called while the pointer is at an edge.
 */
export function useRubberBand(
  scroller: Readonly<Ref<HTMLElement | null>>,
  place: Readonly<Ref<number>>,
  { onBand, scrollBy }: { readonly onBand: (band: Band) => void; readonly scrollBy: (byPx: number) => void },
) {
  const band = shallowRef<Band>();
  let start: Corner | undefined;
  let pointer: Corner | undefined;
  let frame = 0;
  let isBanding = false;

  const cornerAt = (client: Corner): Corner => {
    const box = scroller.value?.getBoundingClientRect();
    return { x: client.x - (box?.left ?? 0), y: client.y - (box?.top ?? 0) + place.value };
  };

  function draw(): void {
    if (!start || !pointer) return;
    const end = cornerAt(pointer);
    isBanding ||= Math.hypot(end.x - start.x, end.y - start.y) > SLACK_PX;
    if (!isBanding) return;
    band.value = {
      left: Math.min(start.x, end.x),
      right: Math.max(start.x, end.x),
      top: Math.min(start.y, end.y),
      bottom: Math.max(start.y, end.y),
    };
    onBand(band.value);
  }

  /** Goes on scrolling for as long as the pointer is at an edge. */
  function follow(): void {
    const box = scroller.value?.getBoundingClientRect();
    if (!start || !pointer || !box) return;
    const above = box.top + EDGE_PX - pointer.y;
    const below = pointer.y - (box.bottom - EDGE_PX);
    if (isBanding && (above > 0 || below > 0)) {
      scrollBy(above > 0 ? -above : below);
      draw();
    }
    frame = requestAnimationFrame(follow);
  }

  function end(): void {
    cancelAnimationFrame(frame);
    start = undefined;
    pointer = undefined;
    band.value = undefined;
  }

  return {
    band: computed(() => band.value),
    /** Whether the press that has just ended was a drag, so that its click means nothing. */
    wasDrag: (): boolean => {
      const was = isBanding;
      isBanding = false;
      return was;
    },
    listeners: {
      pointerdown(event: PointerEvent) {
        isBanding = false;
        const isOnBar = event.offsetX > (scroller.value?.clientWidth ?? 0) && event.target === scroller.value;
        if (event.button !== 0 || event.pointerType === 'touch' || isOnBar) return;
        pointer = { x: event.clientX, y: event.clientY };
        start = cornerAt(pointer);
        frame = requestAnimationFrame(follow);
      },
      pointermove(event: PointerEvent) {
        if (!start) return;
        pointer = { x: event.clientX, y: event.clientY };
        draw();
        if (isBanding) scroller.value?.setPointerCapture(event.pointerId);
      },
      pointerup: end,
      pointercancel: end,
    },
  };
}
