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

/** Those to which Space means something. */
const TAKES_SPACE = 'a, button, summary, [role=button], [role=application], input:not([type=range])';

/**
 * The keys of a loupe that move or are held (the rest are actions of the catalogue). On the stage: arrows, Shift with
 * arrows to pan, + and −. Wherever in the loupe the focus is: Space to peek at the other picture, H to hide the labels.
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

  /** Whether the key meant something on the stage. */
  function press({ key, shiftKey }: KeyboardEvent): boolean {
    const direction = ARROWS[key];
    if (direction) arrow(direction, shiftKey);
    else if (!moves.usesSingleKeys()) return false;
    else if (key === '+' || key === '=') moves.zoom(1.5);
    else if (key === '-') moves.zoom(1 / 1.5);
    else return false;
    return true;
  }

  /** Whether the key is one to be held. */
  function hold({ key, target }: KeyboardEvent): boolean {
    if (key === ' ' && target instanceof Element && target.closest(TAKES_SPACE) === null) {
      isPeeking.value = true;
    } else if ((key === 'h' || key === 'H') && moves.usesSingleKeys()) areLabelsHeld.value = true;
    else return false;
    return true;
  }

  function release(): void {
    isPeeking.value = false;
    areLabelsHeld.value = false;
  }

  const isPlain = (event: KeyboardEvent): boolean => !event.ctrlKey && !event.metaKey && !event.altKey;

  return {
    isPeeking,
    areLabelsHeld,
    isFocused,
    /** For the stage. */
    stageListeners: {
      keydown(event: KeyboardEvent) {
        if (isPlain(event) && event.target === event.currentTarget && press(event)) event.preventDefault();
      },
      focus: () => (isFocused.value = true),
      blur: () => (isFocused.value = false),
    },
    /** For the whole loupe. */
    listeners: {
      keydown(event: KeyboardEvent) {
        if (isPlain(event) && !event.defaultPrevented && hold(event)) event.preventDefault();
      },
      keyup: release,
      focusout: release,
    },
  };
}
