import { onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import { studio } from '../../studio.ts';
import { createPace } from '../../composables/pace.ts';
import type { Previews } from '../run/useRunRecord.ts';

const INTERVAL_MS = 1000;

/** The previews that several runs have, by run. */
export function useComparedPreviews(runIds: Readonly<Ref<readonly number[]>>) {
  const previews = shallowRef<ReadonlyMap<number, Previews>>(new Map());
  const error = shallowRef<unknown>();
  const pace = createPace(INTERVAL_MS, async () => {
    try {
      const found = await Promise.all(
        runIds.value.map(async (id) => [id, await studio.runs.previews({ id })] as const),
      );
      previews.value = new Map(found);
      error.value = undefined;
    } catch (caught) {
      error.value = caught;
    }
  });
  watch(runIds, pace.ask, { immediate: true });
  onScopeDispose(
    studio.subscribe((event) => {
      if (event.type === 'preview' && runIds.value.includes(event.runId)) pace.ask();
    }),
  );
  onScopeDispose(pace.stop);
  return { previews, error };
}
