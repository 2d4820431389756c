import type { StudioEvent } from '../../../contract/events.ts';
import { runOverview } from '../../runs/run-overview.ts';
import type { StudioContext } from '../context.ts';
import type { JobKind } from '../jobs.ts';

type Results = Extract<StudioEvent, { type: 'results' }>['what'];

/** What is new of a run when a job of a kind has ended. A cancelled one may have done a part. */
const RESULTS: Partial<Record<JobKind, readonly Results[]>> = {
  refine: ['refined'],
  evaluate: ['evaluation'],
  dial: ['dial', 'refined'],
  export: ['export'],
};

export function tellOfResults(context: StudioContext): void {
  context.jobs.onEnded(({ kind, runId }) => {
    if (runId === null) return;
    for (const what of RESULTS[kind] ?? []) context.publish({ type: 'results', runId, what });
    if (kind === 'evaluate') tellRun(context, runId);
  });
}

/** Its row says what an evaluation found. */
function tellRun(context: StudioContext, runId: number): void {
  const library = context.libraryIfOpen();
  const run = library && runOverview(library, runId);
  if (run) context.publish({ type: 'run', run });
}
