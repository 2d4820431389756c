import { existsSync } from 'node:fs';
import { checkpointPath } from './checkpoint.ts';
import type { GuardFinding } from './guards.ts';
import { holdLabels } from './label-state.ts';
import { refineBatch } from './refine.ts';
import type { Session } from './session.ts';
import type { Inspection, Inspector, TrainingJob } from './training-job.ts';

/** Refined at a time: what a command waits for at most. */
const REFINED_AT_ONCE = 16;

/**
 * Refines the inspector's images and has it look at them. Undefined where it was given up for a command, which leaves
 * nothing behind.
 *
 * @param isCalled asked again and again: whether there is something to give up for
 */
export async function inspect(
  { gan }: Session,
  inspector: Inspector,
  isCalled: () => Promise<boolean>,
): Promise<Inspection | undefined> {
  const { heightPx, widthPx, channels } = gan.config;
  const { synthetic } = inspector;
  const valuesAtOnce = REFINED_AT_ONCE * heightPx * widthPx * channels;
  const refined = new Float32Array(synthetic.length);
  for (let from = 0; from < synthetic.length; from += valuesAtOnce) {
    if (await isCalled()) return undefined;
    const some = await refineBatch(gan, synthetic.subarray(from, from + valuesAtOnce));
    refined.set(some.refined, from);
  }
  return (await isCalled()) ? undefined : await inspector.inspect(refined);
}

/** Keeps the best score, and says whether this evaluation is it. */
export function rank(session: Session, inspection: Inspection | undefined, step: number): boolean {
  if (inspection?.score === undefined) return false;
  const { ranking } = session;
  const isBest = ranking.best === undefined || inspection.score > ranking.best.score;
  session.ranking = isBest
    ? { ...ranking, best: { step, score: inspection.score }, worse: 0 }
    : { ...ranking, worse: ranking.worse + 1 };
  return isBest;
}

/** A checkpoint whose labels are in budget is where a rewind goes. */
export function noteGood(session: Session, inspection: Inspection | undefined, step: number): void {
  const { driftBudget, checkpointEvery } = session.gan.config;
  const isSaved = step % checkpointEvery === 0 || session.ranking.best?.step === step;
  if (inspection && isSaved && holdLabels(inspection.metrics, driftBudget)) {
    session.ranking = { ...session.ranking, goodStep: step };
  }
}

/** The newest checkpoint whose labels were in budget, unless it was cleaned up. */
export function wayBack({ ranking: { goodStep } }: Session, { runFolder }: TrainingJob): number | undefined {
  return goodStep !== undefined && existsSync(checkpointPath(runFolder, goodStep)) ? goodStep : undefined;
}

/** What the guards say, where a way back that is not there becomes an end. */
export function withoutWayBack(findings: readonly GuardFinding[], canRewind: boolean): GuardFinding[] {
  return findings.map((finding): GuardFinding =>
    finding.action === 'rewind' && !canRewind ? { ...finding, action: 'stop' } : finding,
  );
}
