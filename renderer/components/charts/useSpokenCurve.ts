import { ref, type Ref } from 'vue';
import { digits } from '../../composables/format.ts';
import { text } from '../../text/index.ts';
import { placeAtOrBefore, valueAt, type Curve } from './curve.ts';

/**
 * Reads a chart out by the keyboard: left and right move the cursor along a curve, up and down change the curve.
 *
 * @param pick what Enter does with the step of the cursor
 */
export function useSpokenCurve(
  curves: () => readonly Curve[],
  cursor: Ref<number | null>,
  pick: (step: number) => void,
) {
  const chosen = ref(0);
  const spoken = ref('');

  function speak(): void {
    const curve = curves()[chosen.value];
    const step = cursor.value;
    if (!curve || step === null) return;
    const value = valueAt(curve, step);
    spoken.value = text.charts.point(
      curve.name,
      step,
      value === undefined ? text.charts.noValue : digits(value),
    );
  }

  function move(toPlace: (place: number, steps: readonly number[]) => number): void {
    const curve = curves()[chosen.value];
    if (!curve || curve.steps.length === 0) return;
    const now = cursor.value;
    const place = now === null ? curve.steps.length - 1 : placeAtOrBefore(curve.steps, now);
    const next = Math.max(0, Math.min(curve.steps.length - 1, toPlace(place, curve.steps)));
    cursor.value = curve.steps[next];
    speak();
  }

  function choose(by: number): void {
    const series = curves().length;
    chosen.value = (chosen.value + by + series) % series;
    speak();
  }

  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => move((place) => place - 1),
      ArrowRight: () => move((place) => place + 1),
      PageUp: () => move((place) => place - 10),
      PageDown: () => move((place) => place + 10),
      Home: () => move(() => 0),
      End: () => move((_place, steps) => steps.length - 1),
      ArrowUp: () => choose(-1),
      ArrowDown: () => choose(1),
      Enter: () => {
        if (cursor.value !== null) pick(cursor.value);
      },
      Escape: () => (cursor.value = null),
    };
    const action = moves[event.key];
    if (!action || curves().length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  return { spoken, onKey };
}
