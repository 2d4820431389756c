import { PROOF_EVENT, proofSchema } from '../../../contract/proof.ts';
import type { StudioContext } from '../context.ts';

/** Puts what a proof found on record with its run: it belongs to the run's story, and outlives the list of jobs. */
export function recordProofs(context: StudioContext): void {
  context.jobs.onEnded(({ kind, runId, status, result }) => {
    const library = context.libraryIfOpen();
    if (kind !== 'prove' || status !== 'done' || runId === null || !library?.runs.get(runId)) return;
    const content = proofSchema.parse(result);
    const event = { step: content.toStep, kind: PROOF_EVENT, content };
    library.runEvents.add(runId, event);
    context.publish({ type: 'run-event', runId, event: { ...event, createdAt: new Date().toISOString() } });
  });
}
