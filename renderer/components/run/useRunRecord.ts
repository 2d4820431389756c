import { computed, onScopeDispose } from 'vue';
import type { OutputOf } from '../../../core/contract/contract.ts';
import type { StudioEvent } from '../../../core/contract/events.ts';
import { useLive, type Live } from '../../stores/live.ts';
import { studio } from '../../studio.ts';
import { createPace } from '../../composables/pace.ts';

export type Checkpoint = OutputOf<'checkpoints.list'>[number];
export type Previews = OutputOf<'runs.previews'>;
export type PreviewKind = Previews['steps'][number]['kinds'][number];
export type RunEvent = OutputOf<'runs.events'>[number];
export type Sentence = OutputOf<'runs.narration'>[number];

/** Between two readings of a list that grows while a run trains. */
const INTERVAL_MS = 1000;

/** Telling a run reads its curves as a whole: seldom, and after the pictures and charts have come. */
const NARRATION_INTERVAL_MS = 10_000;
const NARRATION_DELAY_MS = 500;

function usePaced<Value>(
  load: () => Promise<Value>,
  concerns: (event: StudioEvent) => boolean,
  intervalMs = INTERVAL_MS,
): Live<Value> {
  const live = useLive(load, (event) => (event.type === 'library' ? 'stale' : undefined));
  const pace = createPace(intervalMs, live.refresh);
  onScopeDispose(
    studio.subscribe((event) => {
      if (concerns(event)) pace.ask();
    }),
  );
  onScopeDispose(pace.stop);
  return live;
}

/** What a run has left behind so far: checkpoints, previews, what happened, and the same in sentences. */
export function useRunRecord(runId: number) {
  const isOf = (event: StudioEvent, ...types: StudioEvent['type'][]): boolean =>
    'runId' in event && event.runId === runId && types.includes(event.type);
  const checkpoints = usePaced(
    () => studio.checkpoints.list({ runId }),
    (event) => isOf(event, 'checkpoint', 'run-event') || (event.type === 'run' && event.run.id === runId),
  );
  const previews = usePaced(
    () => studio.runs.previews({ id: runId }),
    (event) => isOf(event, 'preview', 'run-event'),
  );
  const events = usePaced(
    () => studio.runs.events({ id: runId }),
    (event) => isOf(event, 'run-event', 'checkpoint'),
  );
  const isQuiet = new Promise((resolve) => setTimeout(resolve, NARRATION_DELAY_MS));
  const narration = usePaced(
    async () => {
      await isQuiet;
      return await studio.runs.narration({ id: runId });
    },
    (event) => isOf(event, 'run-event', 'checkpoint') || (event.type === 'run' && event.run.id === runId),
    NARRATION_INTERVAL_MS,
  );
  const all = [checkpoints, previews, events, narration];
  return {
    checkpoints: computed(() => checkpoints.value.value ?? []),
    previews: previews.value,
    events: computed(() => events.value.value ?? []),
    narration: computed(() => narration.value.value ?? []),
    error: computed(() => all.map((live) => live.error.value).find(Boolean)),
    refresh: () => Promise.all(all.map((live) => live.refresh())),
  };
}
