import { computed, ref, watch } from 'vue';
import { useDebounceFn } from '@vueuse/core';
import { useRoute } from 'vue-router';
import { attempt } from '../../composables/attempt.ts';
import { useAction } from '../../composables/actions.ts';
import { useLive } from '../../stores/live.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import { useJobProgress } from '../results/useJobProgress.ts';
import type { RefinedSummary } from '../results/useResultPlace.ts';
import { alphaOf, readingAt } from './dial.ts';
import { usePutQuery } from './usePutQuery.ts';

/** Of all synthetic images, as many as say where the 95th percentile of drift is. */
const MEASURED_IMAGES = 256;
const ADDRESS_MS = 250;

/**
 * How far the pictures go, x + α(R(x) − x): tried in the loupe at once, set for what is exported on request. What is tried
 * lives in the address (`alpha`, `pupil`).
 */
export function useDial(summary: () => RefinedSummary) {
  const route = useRoute();
  const put = usePutQuery();
  const toasts = useToastStore();
  const alpha = ref(alphaOf(route.query.alpha) ?? summary().dial.alpha);
  const keepPupil = ref(
    route.query.pupil === undefined ? summary().dial.keepPupil : route.query.pupil === 'kept',
  );

  const remember = useDebounceFn(() => {
    const { dial } = summary();
    put({
      alpha: alpha.value === dial.alpha ? undefined : String(alpha.value),
      pupil: keepPupil.value === dial.keepPupil ? undefined : keepPupil.value ? 'kept' : 'changed',
    });
  }, ADDRESS_MS);
  watch([alpha, keepPupil], () => void remember());
  watch(
    () => [summary().runId, summary().step],
    () => {
      alpha.value = summary().dial.alpha;
      keepPupil.value = summary().dial.keepPupil;
    },
  );

  const dial = useLive(
    () => studio.inspect.dial({ runId: summary().runId, step: summary().step }),
    (event) =>
      event.type === 'results' && event.what === 'dial' && event.runId === summary().runId
        ? 'stale'
        : undefined,
    () => [summary().runId, summary().step],
  );
  const measured = computed(() => {
    const known = dial.value.value ?? undefined;
    return known?.step === summary().step && known.runId === summary().runId ? known : undefined;
  });
  const { job, share, words: working } = useJobProgress('dial', ({ runId }) => runId === summary().runId);
  const isSet = computed(
    () => summary().dial.alpha === alpha.value && summary().dial.keepPupil === keepPupil.value,
  );
  const words = text.inspect.dial;
  const whyMeasure = computed(() => (job.value ? words.isBusy : ''));
  const whySet = computed(() => (isSet.value ? words.isSet : whyMeasure.value));

  async function measure(): Promise<void> {
    const { runId, step } = summary();
    await attempt(() => studio.inspect.measureDial({ runId, step, images: MEASURED_IMAGES }));
  }

  async function use(): Promise<void> {
    const { runId, step } = summary();
    const order = { runId, step, alpha: alpha.value, keepPupil: keepPupil.value };
    if (await attempt(() => studio.inspect.setAlpha(order))) toasts.succeed(words.said(alpha.value));
  }

  useAction('dial.measure', measure, { why: whyMeasure });
  useAction('dial.set', use, { why: whySet });
  return {
    alpha: computed(() => alpha.value),
    keepPupil: computed(() => keepPupil.value),
    turn: (next: number) => (alpha.value = Math.round(next * 100) / 100),
    keep: (next: boolean) => (keepPupil.value = next),
    measured,
    error: computed(() => dial.error.value),
    /** What the needles show. */
    reading: computed(() => measured.value && readingAt(measured.value.points, alpha.value)),
    job,
    share,
    working,
    isSet,
    /** What is exported. */
    set: computed(() => summary().dial),
    whyMeasure,
    whySet,
    measure,
    use,
  };
}

export type RealismDial = ReturnType<typeof useDial>;
