import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { OutputOf } from '../../../core/contract/contract.ts';
import { useLive } from '../../stores/live.ts';
import { useRunStore, type Run } from '../../stores/runStore.ts';
import { studio } from '../../studio.ts';

export type Checkpoint = OutputOf<'checkpoints.list'>[number];
export type RefinedSummary = OutputOf<'refine.summaries'>[number];

/** Which checkpoint of which run is looked at, evaluated or exported. */
export interface ResultPlace {
  /** Runs that can be chosen: they have a checkpoint, or will. Undefined until they are known. */
  readonly runs: ComputedRef<readonly Run[] | undefined>;
  readonly run: ComputedRef<Run | undefined>;
  /** Undefined until they are known. */
  readonly checkpoints: ComputedRef<readonly Checkpoint[] | undefined>;
  /** The one that was chosen, else the best, else the newest. */
  readonly checkpoint: ComputedRef<Checkpoint | undefined>;
  /** What it has refined; undefined where it has not. */
  readonly refined: ComputedRef<RefinedSummary | undefined>;
  readonly error: ComputedRef<unknown>;
  readonly choose: (changes: { readonly runId?: number; readonly step?: number }) => void;
}

/** It lives in the address (`run`, `step`), so that the sections of the results show the same and a reload keeps it. */
export function useResultPlace(): ResultPlace {
  const route = useRoute();
  const router = useRouter();
  const store = useRunStore();
  const runs = computed(() => store.runs?.filter(({ trashed }) => !trashed));
  const run = computed(() => {
    const asked = store.byId.get(Number(route.query.run));
    return asked ?? runs.value?.findLast(({ status }) => status !== 'queued');
  });

  const record = useLive(
    async () => {
      const current = run.value;
      if (!current) return undefined;
      const [checkpoints, summaries] = await Promise.all([
        studio.checkpoints.list({ runId: current.id }),
        studio.refine.summaries({ runId: current.id }),
      ]);
      return { runId: current.id, checkpoints, summaries };
    },
    (event) => {
      const isOfRun = 'runId' in event && event.runId === run.value?.id;
      const changes = event.type === 'checkpoint' || (event.type === 'results' && event.what === 'refined');
      return isOfRun && changes ? 'stale' : undefined;
    },
    () => run.value?.id,
  );
  const current = computed(() =>
    record.value.value?.runId === run.value?.id ? record.value.value : undefined,
  );
  const checkpoints = computed(() => current.value?.checkpoints);
  const checkpoint = computed(() => {
    const known = checkpoints.value ?? [];
    const asked = known.find(({ step }) => step === Number(route.query.step));
    return asked ?? known.find(({ isBest }) => isBest) ?? known.at(-1);
  });
  return {
    runs,
    run,
    checkpoints,
    checkpoint,
    refined: computed(() => current.value?.summaries.find(({ step }) => step === checkpoint.value?.step)),
    error: computed(() => store.error ?? record.error.value),
    choose({ runId, step }) {
      const query = { ...route.query };
      if (runId !== undefined) {
        query.run = String(runId);
        delete query.step;
      }
      if (step !== undefined) query.step = String(step);
      void router.replace({ query });
    },
  };
}
