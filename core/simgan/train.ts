import { setImmediate as nextTurn } from 'node:timers/promises';
import { StudioError } from '../base/studio-error.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { GivenUp } from '../engine/giving-up.ts';
import { removeAfter, writeCheckpoint, type SavedCheckpoint } from './checkpoint.ts';
import { watchDevice, type DeviceWatch } from './device-loss.ts';
import { createGuards } from './guards.ts';
import { iterate, type IterationResult } from './iteration.ts';
import { inspect, noteGood, rank, wayBack, withoutWayBack } from './judge.ts';
import { lossScale } from './losses.ts';
import { obey } from './obey.ts';
import { refineBatch } from './refine.ts';
import { placeAt, stepAfter, totalPositions, type Place } from './schedule.ts';
import { openSession, type Readings, type Session } from './session.ts';
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
 * the border of a step: a step that is under way is given up for one, and taken again. Throws a `StudioError` ("engine")
 * when a loss stops being a number or the device fails; the last checkpoint is then the last good one.
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
  const save = async (inspection?: Inspection, again?: 'again'): Promise<SavedCheckpoint | undefined> => {
    if (session.savedPosition === session.position && !again) return undefined;
    const { gan, sources, position } = session;
    const step = stepAfter(gan.config, position);
    const state = {
      position,
      ranking: session.ranking,
      unjudged: session.unjudged,
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

  /** Tells what a step was; it is judged next. */
  const conclude = async (
    { metrics, entered }: IterationResult,
    place: Place,
    due: Cadences,
  ): Promise<void> => {
    await device.refuseLost(place.step);
    session.position += 1;
    if (entered.length > 0) events.onHistory(entered);
    events.onPlace(place, session.position, total);
    const readings = { ...metrics };
    if (due.metrics) refuseNonFinite(readings, place.step);
    const startMs = performance.now();
    if (due.preview) await preview();
    session.unjudged = due.preview ? { ...readings, 'time.record': performance.now() - startMs } : readings;
  };

  /** What follows from the last step; the end of the run, if it is one. An evaluation is given up for a command. */
  const judge = async (unjudged: Readings): Promise<TrainingResult | undefined> => {
    const place = placeAt(configNow(), session.position - 1);
    const isLast = session.position === total;
    const due = cadencesAt(place, configNow(), isLast);
    const readings = { ...unjudged };
    let inspection: Inspection | undefined;
    if (due.evaluation && job.inspector) {
      const startMs = performance.now();
      // The run is about to end anyway after its last step.
      const isCalled = async (): Promise<boolean> => !isLast && (await hasCommand(commands));
      inspection = await inspect(session, job.inspector, isCalled);
      if (!inspection) return undefined;
      Object.assign(readings, inspection.metrics);
      readings['time.record'] = (readings['time.record'] ?? 0) + performance.now() - startMs;
    }
    session.unjudged = undefined;
    if (due.metrics) events.onMetrics(place.step, readings);
    // Guards judge what is new, or one evaluation would count again at every step; and what pre-training does on purpose
    // is no alarm.
    const findings = place.phase === 'adversarial' ? guards.observe(place.step, readings) : [];
    const goodStep = wayBack(session, job);
    const told = withoutWayBack(findings, goodStep !== undefined);
    for (const finding of told) events.onGuard(place.step, finding);
    const ending = told.find(({ action }) => action !== 'warn');
    if (ending?.action === 'rewind' && goodStep !== undefined) {
      await removeAfter(job.runFolder, goodStep);
      return { outcome: 'stopped', step: goodStep, guard: ending };
    }
    const isBest = rank(session, inspection, place.step);
    noteGood(session, inspection, place.step);
    if (due.checkpoint || isBest || ending) await save(inspection, 'again');
    return ending && { outcome: 'stopped', step: place.step, guard: ending };
  };

  if (session.position === 0) await preview();
  while (session.position < total || session.unjudged) {
    const config = configNow();
    if (!session.unjudged) {
      // Here, so that a run that was killed between its last checkpoint and its end does not go on when it is resumed.
      if (config.stopAfterWorse > 0 && session.ranking.worse >= config.stopAfterWorse) {
        await save();
        return { outcome: 'done', step: stepAfter(config, session.position) };
      }
      const place = placeAt(config, session.position);
      const due = cadencesAt(place, config, session.position + 1 === total);
      const iteration = await attempt(session, place, due.metrics, commands);
      if (iteration) await conclude(iteration, place, due);
    }
    const end = session.unjudged && (await judge(session.unjudged));
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
  const border = markBorder(gan, Object.values(sources));
  try {
    return await iterate(gan, sources, place, measure, () => commands.isWaiting());
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    border.goBack();
    return undefined;
  } finally {
    border.dispose();
  }
}

async function hasCommand(commands: TrainingCommands): Promise<boolean> {
  // So that a signal or a message that is there is heard.
  await nextTurn();
  return commands.isWaiting();
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

function refuseNonFinite(values: Readonly<Record<string, number>>, step: number): void {
  const bad = Object.entries(values).find(([, value]) => !Number.isFinite(value));
  if (!bad) return;
  throw new StudioError('engine', `Training broke down at step ${step}: ${bad[0]} is ${bad[1]}.`, {
    remedy:
      'Nothing after the last checkpoint is kept. Lower the learning rates or raise λ, and train again.',
    details: { step, metric: bad[0] },
  });
}
