import { ref } from 'vue';

interface LoupeMoves {
  readonly sample: (by: 1 | -1) => void;
  readonly step: (by: 1 | -1) => void;
  readonly pan: (byX: number, byY: number) => void;
  readonly zoom: (factor: number) => void;
  readonly usesSingleKeys: () => boolean;
}

const PAN_PX = 40;
const ARROWS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * The keys of the stage that move or are held (the rest are actions of the catalogue): arrows, Shift with arrows to pan,
 * + and −, Space to peek at the other picture, H to hide the labels.
 */
export function useLoupeKeys(moves: LoupeMoves) {
  const isPeeking = ref(false);
  const areLabelsHeld = ref(false);
  const isFocused = ref(false);

  function arrow(direction: { readonly x: number; readonly y: number }, isPan: boolean): void {
    if (isPan) moves.pan(-direction.x * PAN_PX, -direction.y * PAN_PX);
    else if (direction.x !== 0) moves.sample(direction.x > 0 ? 1 : -1);
    else moves.step(direction.y < 0 ? 1 : -1);
  }

  /** Whether the key meant something here. */
  function press({ key, shiftKey }: KeyboardEvent): boolean {
    const direction = ARROWS[key];
    if (direction) arrow(direction, shiftKey);
    else if (key === ' ') isPeeking.value = true;
    else if (!moves.usesSingleKeys()) return false;
    else if (key === 'h' || key === 'H') areLabelsHeld.value = true;
    else if (key === '+' || key === '=') moves.zoom(1.5);
    else if (key === '-') moves.zoom(1 / 1.5);
    else return false;
    return true;
  }

  function release(): void {
    isPeeking.value = false;
    areLabelsHeld.value = false;
  }

  return {
    isPeeking,
    areLabelsHeld,
    isFocused,
    listeners: {
      keydown(event: KeyboardEvent) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
        if (press(event)) event.preventDefault();
      },
      keyup: release,
      focus: () => (isFocused.value = true),
      blur() {
        isFocused.value = false;
        release();
      },
    },
  };
}
