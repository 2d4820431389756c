import type { OutputOf } from '../../../core/contract/contract.ts';
import { useLive, type Live } from '../../stores/live.ts';
import { studio } from '../../studio.ts';

/** What was measured of a run, newest first. */
export function useEvaluations(runId: () => number): Live<OutputOf<'evaluate.list'>> {
  return useLive(
    () => studio.evaluate.list({ runId: runId() }),
    (event) => {
      const isNew = event.type === 'results' && event.what === 'evaluation' && event.runId === runId();
      return isNew ? 'stale' : undefined;
    },
    runId,
  );
}
