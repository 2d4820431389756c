import { viewHistory } from '../../previews/history-view.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { runOf } from './lookup.ts';

export function historyHandlers(context: StudioContext): HandlersOf<'history'> {
  return {
    history: {
      view({ runId, step }) {
        const library = context.library();
        const view = viewHistory(library, runOf(library, runId), step ?? undefined);
        const range = library.historyBuffer.range(view.runId);
        return {
          runId: view.runId,
          step: view.step,
          firstStep: range?.first ?? view.step,
          lastStep: range?.last ?? view.step,
          capacity: view.capacity,
          distinctSources: view.distinctSources,
          oldestStep: view.oldestStep,
          newestStep: view.newestStep,
          ages: { binSteps: view.ages.binSteps, counts: [...view.ages.counts] },
          batch: { ...view.batch },
          images: view.images.map(({ slot, sourceImageId, source, enteredStep, ageSteps, onDisk }) => ({
            ...{ slot, sourceImageId, source, enteredStep, ageSteps },
            hasPicture: onDisk,
          })),
        };
      },
      entered({ runId, step }) {
        const library = context.library();
        runOf(library, runId);
        return library.historyBuffer.entered(runId, step);
      },
    },
  };
}
