import { computed, type ComputedRef, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { placeAtOrBefore } from '../charts/curve.ts';
import type { Previews } from './useRunRecord.ts';

export interface StripPlace {
  /** Steps that have previews, in order. */
  readonly steps: ComputedRef<readonly number[]>;
  /** The step whose preview is shown; undefined before the first. */
  readonly step: ComputedRef<number | undefined>;
  /** Whether the newest is shown, and those that will come. */
  readonly follows: ComputedRef<boolean>;
  readonly place: ComputedRef<number>;
  readonly sample: ComputedRef<number>;
  /** To the last preview at or before a step; null follows the newest. */
  readonly goTo: (step: number | null) => void;
  readonly moveStep: (by: number) => void;
  readonly moveSample: (by: number) => void;
  readonly setSample: (sample: number) => void;
}

/** Which sample at which step is looked at. It lives in the address, so that a reload and "back" keep it. */
export function useStripPlace(previews: Readonly<Ref<Previews | undefined>>): StripPlace {
  const route = useRoute();
  const router = useRouter();
  const steps = computed(() => previews.value?.steps.map(({ step }) => step) ?? []);
  const asked = computed(() => (typeof route.query.step === 'string' ? Number(route.query.step) : null));
  const place = computed(() => {
    const last = steps.value.length - 1;
    return asked.value === null ? last : Math.max(0, placeAtOrBefore(steps.value, asked.value));
  });
  const samples = computed(() => previews.value?.samples ?? 0);
  const sample = computed(() => {
    const number = Number(route.query.sample ?? 0);
    return Math.max(0, Math.min(samples.value - 1, Number.isInteger(number) ? number : 0));
  });
  const put = (changes: Record<string, string | undefined>): void =>
    void router.replace({ query: { ...route.query, ...changes } });
  const setSample = (next: number): void =>
    put({ sample: String(Math.max(0, Math.min(samples.value - 1, next))) });
  return {
    steps,
    step: computed(() => steps.value[place.value]),
    follows: computed(() => asked.value === null),
    place,
    sample,
    goTo: (step) => put({ step: step === null ? undefined : String(step) }),
    moveStep(by) {
      const next = Math.max(0, Math.min(steps.value.length - 1, place.value + by));
      const step = steps.value[next];
      if (step !== undefined)
        put({ step: next === steps.value.length - 1 && by > 0 ? undefined : String(step) });
    },
    moveSample: (by) => setSample(sample.value + by),
    setSample,
  };
}
