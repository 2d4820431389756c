import { computed, ref, shallowRef, type Ref } from 'vue';
import { FIT, panBy, placeAt, placementOf, viewportOf, zoomAt, type Viewport } from './viewport.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Zoom and pan of all panes of a loupe by wheel, drag and keys; `pane` and `picture` are sizes of one pane. */
export function useViewport(pane: Ref<Size>, picture: Ref<Size>) {
  const viewport = shallowRef<Viewport>(FIT);
  const pointer = ref<{ x: number; y: number }>();
  let drag: { id: number; x: number; y: number } | undefined;
  const middle = () => ({ x: pane.value.width / 2, y: pane.value.height / 2 });
  const placement = computed(() => placementOf(viewport.value, pane.value, picture.value));

  function zoom(factor: number, at = middle()): void {
    viewport.value = zoomAt(viewport.value, factor, at, pane.value, picture.value);
  }

  function pan(byX: number, byY: number): void {
    viewport.value = panBy(viewport.value, byX, byY, pane.value, picture.value);
  }

  /** The place of an event in its pane, in CSS pixels. */
  function placeIn(event: MouseEvent): { x: number; y: number } {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  return {
    viewport,
    placement,
    /** The place of the picture under the pointer, else in the middle, as shares. */
    place: computed(() => placeAt(placement.value, pointer.value ?? middle())),
    isPointed: computed(() => pointer.value !== undefined),
    zoom,
    pan,
    fit: () => (viewport.value = FIT),
    /** A box in shares of the picture. */
    show: (box: { x: number; y: number; width: number; height: number }) =>
      (viewport.value = viewportOf(box, pane.value, picture.value)),
    /** For each pane. */
    listeners: {
      wheel(event: WheelEvent) {
        event.preventDefault();
        zoom(2 ** (-event.deltaY / 300), placeIn(event));
      },
      pointerdown(event: PointerEvent) {
        if (event.button !== 0) return;
        drag = { id: event.pointerId, x: event.clientX, y: event.clientY };
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      },
      pointermove(event: PointerEvent) {
        pointer.value = placeIn(event);
        if (drag?.id !== event.pointerId) return;
        pan(event.clientX - drag.x, event.clientY - drag.y);
        drag = { id: drag.id, x: event.clientX, y: event.clientY };
      },
      pointerup: () => (drag = undefined),
      pointercancel: () => (drag = undefined),
      pointerleave: () => (pointer.value = undefined),
      dblclick(event: MouseEvent) {
        if (viewport.value.zoom > 1) viewport.value = FIT;
        else zoom(4, placeIn(event));
      },
    },
  };
}
