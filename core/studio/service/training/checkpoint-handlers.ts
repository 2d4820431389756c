import { runOverview } from '../../runs/run-overview.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { checkpointOf, runOf } from './lookup.ts';

export function checkpointHandlers(context: StudioContext): HandlersOf<'checkpoints'> {
  return {
    checkpoints: {
      list({ runId }) {
        const library = context.library();
        runOf(library, runId);
        const best = library.checkpoints.best(runId)?.step;
        return library.checkpoints.list(runId).map(({ step, bytes, pinned, scores, createdAt }) => ({
          ...{ step, bytes, pinned, createdAt },
          isBest: step === best,
          realism: scores.realism ?? null,
          driftPx: scores.drift ?? null,
          score: scores.score ?? null,
        }));
      },
      pin({ runId, step, on }) {
        const library = context.library();
        checkpointOf(library, runId, step);
        library.checkpoints.setPinned(runId, step, on);
        context.publish({ type: 'checkpoint', runId, step });
        const run = runOverview(library, runId);
        if (run) context.publish({ type: 'run', run });
        return {};
      },
    },
  };
}
