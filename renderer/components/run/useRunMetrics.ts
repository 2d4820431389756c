import { onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import { studio } from '../../studio.ts';
import type { StepRange } from '../charts/curve.ts';
import { createPace } from '../../composables/pace.ts';
import { MOST_POINTS, wholeCurves } from './curvesAhead.ts';
import { extendSeries, lastStepOf, type MetricSeries } from './series.ts';

/** Between two questions for new readings. */
const INTERVAL_MS = 250;

export interface RunMetrics {
  /** The readings of a metric as far as they are here, in the part of the steps that is looked at. */
  readonly series: (name: string) => MetricSeries | undefined;
  /** Loads metrics from now on; those that nobody has asked for cost nothing. */
  readonly want: (names: readonly string[]) => void;
  /** Whether those that are looked at first were answered for. */
  readonly isThere: () => boolean;
  readonly error: Readonly<Ref<unknown>>;
}

/**
 * The curves of a run: once as a whole, then only what is new, four times a second at most. A part that is zoomed into
 * is read again where the whole is too coarse for it.
 *
 * @param first metrics that are looked at before all others: they are on their way while the page is still being made
 */
export function useRunMetrics(
  runId: number,
  range: Readonly<Ref<StepRange>>,
  first: readonly string[],
): RunMetrics {
  const whole = shallowRef<ReadonlyMap<string, MetricSeries>>(new Map());
  const detail = shallowRef<ReadonlyMap<string, MetricSeries>>();
  const error = shallowRef<unknown>();
  const wanted = new Set(first);
  /** The step up to which each metric has been read. */
  const readTo = new Map<string, number>();
  let isStale = false;
  let gathering: ReturnType<typeof setTimeout> | undefined;

  async function loadFrom(fromStep: number, names: readonly string[]): Promise<MetricSeries[]> {
    const query = { id: runId, names: [...names], fromStep, toStep: null, maxPoints: MOST_POINTS };
    return names.length === 0 ? [] : await studio.runs.metrics(query);
  }

  async function loadNew(): Promise<void> {
    if (isStale) readTo.clear();
    const known = isStale ? new Map<string, MetricSeries>() : whole.value;
    isStale = false;
    // A curve that has grown long is read again in coarser buckets.
    const goesOn = (name: string): boolean => {
      const series = known.get(name);
      return readTo.has(name) && series !== undefined && series.steps.length <= 2 * MOST_POINTS;
    };
    const { true: old = [], false: fresh = [] } = Object.groupBy(wanted, (name) => `${goesOn(name)}`);
    const from = Math.min(...old.map((name) => (readTo.get(name) ?? 0) + 1));
    try {
      const answers = await Promise.all([
        loadFrom(from, old),
        fresh.length === 0 ? [] : wholeCurves(runId, fresh),
      ]);
      const next = new Map(known);
      for (const answer of answers) {
        // All that is measured at a step is recorded at once, so whoever has one metric of it has them all.
        const last = Math.max(...answer.map((series) => lastStepOf(series) ?? -Infinity));
        for (const series of answer) {
          const before = known.get(series.name);
          next.set(series.name, before && goesOn(series.name) ? extendSeries(before, series) : series);
          if (last > -Infinity) readTo.set(series.name, last);
        }
      }
      whole.value = next;
      error.value = undefined;
    } catch (caught) {
      error.value = caught;
    }
  }
  const news = createPace(INTERVAL_MS, loadNew);
  if (wanted.size > 0) news.ask();

  async function loadDetail(): Promise<void> {
    const part = range.value;
    const names = [...wanted];
    const isCoarse = names.some((name) => (whole.value.get(name)?.bucketSteps ?? 1) > 1);
    if (!part || !isCoarse) {
      detail.value = undefined;
      return;
    }
    const [fromStep, toStep] = part;
    try {
      const found = await studio.runs.metrics({
        id: runId,
        names,
        fromStep,
        toStep,
        maxPoints: MOST_POINTS,
      });
      if (range.value === part) {
        detail.value = new Map(found.map((series) => [series.name, series]));
      }
    } catch (caught) {
      error.value = caught;
    }
  }
  const details = createPace(INTERVAL_MS, loadDetail);

  function startAnew(): void {
    isStale = true;
    news.ask();
  }

  watch(range, () => details.ask());
  onScopeDispose(
    studio.subscribe((event) => {
      if (event.type === 'library') startAnew();
      if (event.type !== 'metrics' || event.runId !== runId) return;
      const last = Math.max(...[...whole.value.values()].map((series) => lastStepOf(series) ?? -Infinity));
      // The run went back to a checkpoint: what came after it is forgotten.
      if (event.step < last) isStale = true;
      news.ask();
      if (range.value && range.value[1] >= last) details.ask();
    }),
  );
  onScopeDispose(studio.onReconnect(startAnew));
  onScopeDispose(() => {
    clearTimeout(gathering);
    news.stop();
    details.stop();
  });

  return {
    series: (name) => detail.value?.get(name) ?? whole.value.get(name),
    want(names) {
      const before = wanted.size;
      for (const name of names) wanted.add(name);
      if (wanted.size === before) return;
      // Charts that come into view together are asked for together.
      clearTimeout(gathering);
      gathering = setTimeout(() => {
        news.ask();
        if (range.value) details.ask();
      });
    },
    isThere: () => first.length === 0 || whole.value.size > 0 || error.value !== undefined,
    error,
  };
}
