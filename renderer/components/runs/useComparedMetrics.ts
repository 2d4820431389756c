import { onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import { studio } from '../../studio.ts';
import { createPace } from '../../composables/pace.ts';
import type { MetricSeries } from '../run/series.ts';

const MOST_POINTS = 600;
const INTERVAL_MS = 250;

/** One metric of several runs, by run. */
export function useComparedMetrics(
  runIds: Readonly<Ref<readonly number[]>>,
  metrics: Readonly<Ref<readonly string[]>>,
) {
  const series = shallowRef<ReadonlyMap<number, readonly MetricSeries[]>>(new Map());
  const error = shallowRef<unknown>();
  const pace = createPace(INTERVAL_MS, async () => {
    const query = { names: [...metrics.value], fromStep: null, toStep: null, maxPoints: MOST_POINTS };
    try {
      const found = await Promise.all(
        runIds.value.map(async (id) => [id, await studio.runs.metrics({ id, ...query })] as const),
      );
      series.value = new Map(found);
      error.value = undefined;
    } catch (caught) {
      error.value = caught;
    }
  });
  watch([runIds, metrics], pace.ask, { immediate: true });
  onScopeDispose(
    studio.subscribe((event) => {
      if (event.type === 'metrics' && runIds.value.includes(event.runId)) pace.ask();
    }),
  );
  onScopeDispose(studio.onReconnect(pace.ask));
  onScopeDispose(pace.stop);
  return { series, error };
}
