import { useIntervalFn, usePreferredReducedMotion } from '@vueuse/core';
import { computed, ref, watch, type Ref } from 'vue';
import { useSettingsStore } from '../../stores/settingsStore.ts';
import { FLICKER_MS, stepGain, type Gain, type LoupeMode, type LoupePicture } from './loupe.ts';

/** What is seen of B where it lies over A. */
interface Seen {
  readonly opacity: number;
  /** Share of the pane, from its left, in which A is seen instead. */
  readonly cut: number;
}

const ALL: Seen = { opacity: 1, cut: 0 };
const NOTHING: Seen = { opacity: 0, cut: 0 };

/** How A and B are compared: the way, where its divider, share or gain stands, and what is seen of B therefore. */
export function useComparison(
  pictures: () => { readonly a: LoupePicture; readonly b: LoupePicture | undefined },
  mode: Ref<LoupeMode>,
  isPeeking: Readonly<Ref<boolean>>,
) {
  const settings = useSettingsStore();
  const preferred = usePreferredReducedMotion();
  const reducesMotion = computed(() => settings.settings.reduceMotion || preferred.value === 'reduce');
  /** With one picture there is one way, and with reduced motion a still blend does what flicker does. */
  const shownMode = computed<LoupeMode>(() => {
    if (pictures().b === undefined) return 'one';
    return mode.value === 'flicker' && reducesMotion.value ? 'blend' : mode.value;
  });

  const showsB = ref(false);
  const divider = ref(0.5);
  const share = ref(0.5);
  const gain = ref<Gain>(2);

  const turn = ref(false);
  const flicker = useIntervalFn(() => (turn.value = !turn.value), FLICKER_MS, { immediate: false });
  watch(shownMode, (now) => (now === 'flicker' ? flicker.resume() : flicker.pause()), { immediate: true });

  const isDifference = computed(() => shownMode.value === 'difference' && !isPeeking.value);
  /** Undefined where nothing of B lies over A. */
  const seen = computed<Seen | undefined>(() => {
    if (pictures().b === undefined) return undefined;
    if (isPeeking.value) return shownMode.value === 'one' && showsB.value ? NOTHING : ALL;
    switch (shownMode.value) {
      case 'one':
        return showsB.value ? ALL : NOTHING;
      case 'slider':
        return { opacity: 1, cut: divider.value };
      case 'blend':
        return { opacity: share.value, cut: 0 };
      case 'flicker':
        return turn.value ? ALL : NOTHING;
      case 'side':
      case 'difference':
        return undefined;
    }
  });

  const title = computed(() => {
    const { a, b } = pictures();
    if (b === undefined) return a.title;
    if (isDifference.value) return `${b.title} − ${a.title}`;
    const { opacity, cut } = seen.value ?? NOTHING;
    if (opacity === 0 || cut === 1) return a.title;
    return opacity === 1 && cut === 0 ? b.title : `${a.title} | ${b.title}`;
  });

  return {
    reducesMotion,
    shownMode,
    divider,
    share,
    gain,
    isDifference,
    seen,
    title,
    showOne: (which: 'a' | 'b'): void => {
      mode.value = 'one';
      showsB.value = which === 'b';
    },
    showDifference: () => (mode.value = 'difference'),
    /** To a way of comparing and, by the same key, back to one picture. */
    turnOn: (wanted: LoupeMode) => (mode.value = mode.value === wanted ? 'one' : wanted),
    changeGain: (by: 1 | -1) => (gain.value = stepGain(gain.value, by)),
  };
}

export type Comparison = ReturnType<typeof useComparison>;
