import { existsSync } from 'node:fs';
import { StudioError } from '../base/studio-error.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { checkpointPath, removeAfter, writeCheckpoint, type SavedCheckpoint } from './checkpoint.ts';
import { watchDevice, type DeviceWatch } from './device-loss.ts';
import { createGuards, type GuardFinding } from './guards.ts';
import { iterate, type IterationResult } from './iteration.ts';
import { lossScale } from './losses.ts';
import { obey } from './obey.ts';
import { refineBatch } from './refine.ts';
import { placeAt, stepAfter, totalPositions, type Place } from './schedule.ts';
import { openSession, type Session } from './session.ts';
import { markBorder } from './step-border.ts';
import type {
  Inspection,
  TrainingCommands,
  TrainingEvents,
  TrainingJob,
  TrainingResult,
} from './training-job.ts';

/**
 * Algorithm 1 of the paper from the first update (or from a checkpoint) to step T, with pre-training before it. Saves a
 * checkpoint at its cadence, when asked, when an evaluation is the best so far, and at the end. Commands are honoured at
 * the border of a step: a step whose discriminator has not had its turn is given up for one, and taken again. Throws a `StudioError`
 * ("engine") when a loss stops being a number or the device fails; the last checkpoint is then the last good one.
 */
export async function train(
  job: TrainingJob,
  events: TrainingEvents,
  commands: TrainingCommands,
): Promise<TrainingResult> {
  const device = watchDevice(job.lost);
  const session = await openSession(job, job.config, job.resume);
  try {
    return await runFrom(session, job, device, events, commands);
  } catch (error) {
    throw await device.explain(error, stepAfter(session.gan.config, session.position) + 1);
  } finally {
    session.gan.dispose();
  }
}

async function runFrom(
  session: Session,
  job: TrainingJob,
  device: DeviceWatch,
  events: TrainingEvents,
  commands: TrainingCommands,
): Promise<TrainingResult> {
  const configNow = (): TrainingConfig => session.gan.config;
  const guards = createGuards(
    configNow,
    () => lossScale(configNow()).effectiveLambda,
    job.resume?.state.guards,
  );
  const total = totalPositions(configNow());
  const save = async (inspection?: Inspection): Promise<SavedCheckpoint | undefined> => {
    if (session.savedPosition === session.position) return undefined;
    const { gan, sources, position } = session;
    const step = stepAfter(gan.config, position);
    const state = {
      position,
      ranking: session.ranking,
      guards: guards.state(),
      synthetic: sources.synthetic.state(),
      real: sources.real.state(),
    };
    const saved = await writeCheckpoint(job.runFolder, step, gan, state, job.origin);
    session.savedPosition = position;
    events.onCheckpoint(step, saved, inspection);
    return saved;
  };
  const preview = async (): Promise<void> => {
    const step = stepAfter(configNow(), session.position);
    await events.onPreview({ step, synthetic: job.strip, ...(await refineBatch(session.gan, job.strip)) });
  };

  /** Tells what a step was, and does what is due after it; the end of the run, if it is one. */
  const conclude = async (
    { metrics, entered }: IterationResult,
    place: Place,
    due: Cadences,
  ): Promise<TrainingResult | undefined> => {
    await device.refuseLost(place.step);
    session.position += 1;
    if (entered.length > 0) events.onHistory(entered);
    events.onPlace(place, session.position, total);
    const readings = { ...metrics };
    if (due.metrics) refuseNonFinite(readings, place.step);
    const startMs = performance.now();
    if (due.preview) await preview();
    const inspection = due.evaluation ? await inspect(session, job) : undefined;
    Object.assign(readings, inspection?.metrics);
    if (due.preview || due.evaluation) readings['time.record'] = performance.now() - startMs;
    if (due.metrics || inspection) events.onMetrics(place.step, readings);
    // Guards judge what is new, or one evaluation would count again at every step; and what pre-training does on purpose
    // is no alarm.
    const findings = place.phase === 'adversarial' ? guards.observe(place.step, readings) : [];
    const goodStep = wayBack(session, job);
    const finding = tell(findings, goodStep !== undefined, place.step, events);
    if (finding?.action === 'rewind' && goodStep !== undefined) {
      await removeAfter(job.runFolder, goodStep);
      return { outcome: 'stopped', step: goodStep, guard: finding };
    }
    const isBest = rank(session, inspection, place.step);
    noteGood(session, inspection, place.step);
    if (due.checkpoint || isBest) await save(inspection);
    if (!finding || finding.action === 'warn') return undefined;
    await save();
    return { outcome: 'stopped', step: place.step, guard: finding };
  };

  if (session.position === 0) await preview();
  while (session.position < total) {
    const config = configNow();
    // Here, so that a run that was killed between its last checkpoint and its end does not go on when it is resumed.
    if (config.stopAfterWorse > 0 && session.ranking.worse >= config.stopAfterWorse) {
      await save();
      return { outcome: 'done', step: stepAfter(config, session.position) };
    }
    const place = placeAt(config, session.position);
    const due = cadencesAt(place, config, session.position + 1 === total);
    const iteration = await attempt(session, place, due.metrics, commands);
    const end = iteration && (await conclude(iteration, place, due));
    if (end) return end;
    const outcome = await obey(session, job, events, commands, save, preview);
    if (outcome === 'cancelled')
      return { outcome, step: stepAfter(config, Math.max(0, session.savedPosition)) };
    if (outcome === 'stopped' && session.position < total) {
      await save();
      return { outcome, step: stepAfter(config, session.position) };
    }
  }
  return { outcome: 'done', step: configNow().steps };
}

/** One iteration; undefined where it was given up for a command that came meanwhile, and all is as it was before. */
async function attempt(
  { gan, sources }: Session,
  place: Place,
  measure: boolean,
  commands: TrainingCommands,
): Promise<IterationResult | undefined> {
  const border = markBorder(gan, sources.synthetic);
  try {
    const iteration = await iterate(gan, sources, place, measure, async () => {
      // So that a signal or a message that is there is heard.
      await new Promise((resolve) => setImmediate(resolve));
      return commands.isWaiting();
    });
    if (!iteration) border.goBack();
    return iteration;
  } finally {
    border.dispose();
  }
}

type Cadences = ReturnType<typeof cadencesAt>;

function cadencesAt(place: Place, config: TrainingConfig, last: boolean) {
  const adversarial = place.phase === 'adversarial';
  const every = (cadence: number): boolean => cadence > 0 && place.step % cadence === 0;
  const checkpoint = last || every(config.checkpointEvery);
  const evaluation = adversarial && config.evaluationEvery > 0 && (last || every(config.evaluationEvery));
  return {
    checkpoint,
    evaluation,
    metrics: checkpoint || evaluation || every(config.metricsEvery),
    preview: last || (adversarial && every(config.previewEvery)),
  };
}

async function inspect(session: Session, job: TrainingJob): Promise<Inspection | undefined> {
  if (!job.inspector) return undefined;
  const { refined } = await refineBatch(session.gan, job.inspector.synthetic);
  return await job.inspector.inspect(refined);
}

/** Keeps the best score, and says whether this evaluation is it. */
function rank(session: Session, inspection: Inspection | undefined, step: number): boolean {
  if (inspection?.score === undefined) return false;
  const { ranking } = session;
  const isBest = ranking.best === undefined || inspection.score > ranking.best.score;
  session.ranking = isBest
    ? { ...ranking, best: { step, score: inspection.score }, worse: 0 }
    : { ...ranking, worse: ranking.worse + 1 };
  return isBest;
}

/** A checkpoint whose labels are in budget is where a rewind goes. */
function noteGood(session: Session, inspection: Inspection | undefined, step: number): void {
  const { driftBudget, checkpointEvery } = session.gan.config;
  const drift = inspection?.metrics['labels.driftP95'];
  const isSaved = step % checkpointEvery === 0 || session.ranking.best?.step === step;
  if (drift !== undefined && drift <= driftBudget && isSaved) {
    session.ranking = { ...session.ranking, goodStep: step };
  }
}

/** The newest checkpoint whose labels were in budget, unless it was cleaned up. */
function wayBack({ ranking: { goodStep } }: Session, { runFolder }: TrainingJob): number | undefined {
  return goodStep !== undefined && existsSync(checkpointPath(runFolder, goodStep)) ? goodStep : undefined;
}

/** Tells what the guards say; gives back the one that ends the run, if any. */
function tell(
  findings: readonly GuardFinding[],
  canRewind: boolean,
  step: number,
  events: TrainingEvents,
): GuardFinding | undefined {
  const told = findings.map((finding): GuardFinding =>
    finding.action === 'rewind' && !canRewind ? { ...finding, action: 'stop' } : finding,
  );
  for (const finding of told) events.onGuard(step, finding);
  return told.find(({ action }) => action !== 'warn');
}

function refuseNonFinite(values: Readonly<Record<string, number>>, step: number): void {
  const bad = Object.entries(values).find(([, value]) => !Number.isFinite(value));
  if (!bad) return;
  throw new StudioError('engine', `Training broke down at step ${step}: ${bad[0]} is ${bad[1]}.`, {
    remedy:
      'Nothing after the last checkpoint is kept. Lower the learning rates or raise λ, and train again.',
    details: { step, metric: bad[0] },
  });
}
