import { existsSync } from 'node:fs';
import { assertNever } from '../base/assert.ts';
import { StudioError } from '../base/studio-error.ts';
import { withSettings, type TrainingCommand } from '../contract/training-command.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { createSimGan, type SimGan } from './algorithm-1.ts';
import {
  checkpointPath,
  readCheckpoint,
  removeAfter,
  restoreRun,
  writeCheckpoint,
  type CheckpointOrigin,
  type LoadedCheckpoint,
  type Ranking,
  type SavedCheckpoint,
} from './checkpoint.ts';
import { watchDevice, type DeviceWatch } from './device-loss.ts';
import { createGuards, type GuardFinding } from './guards.ts';
import type { HistoryBits, HistoryEntry } from './history-buffer.ts';
import { iterate, type DataSources } from './iteration.ts';
import { lossScale } from './losses.ts';
import { refineBatch, type RefinedBatch } from './refine.ts';
import { placeAt, stepAfter, totalPositions, type Place } from './schedule.ts';

export interface TrainingCommands {
  /** The oldest command not yet taken. */
  take(): TrainingCommand | undefined;
}

/** The fixed strip, refined. Arrays are [samples, h, w, c] in [−1, 1] and [samples, h', w'] in [0, 1]. */
export interface Preview extends RefinedBatch {
  readonly step: number;
  readonly synthetic: Float32Array;
}

/** What an evaluation found. */
export interface Inspection {
  readonly metrics: Readonly<Record<string, number>>;
  /** What checkpoints are ranked by, higher is better; undefined where it could not be measured. */
  readonly score: number | undefined;
}

/** Measures refined images that were kept aside, at the evaluation cadence; training does not know how. */
export interface Inspector {
  /** Synthetic images kept aside, [n, h, w, c] in [−1, 1]. */
  readonly synthetic: Float32Array;
  /** Their refined versions, in the same order. */
  inspect(refined: Float32Array): Promise<Inspection>;
}

/** What training tells; it knows no interface and no database. */
export interface TrainingEvents {
  onPlace(place: Place, position: number, total: number): void;
  onMetrics(step: number, values: Readonly<Record<string, number>>): void;
  onHistory(entries: readonly HistoryEntry[]): void;
  onPreview(preview: Preview): Promise<void> | void;
  /** `inspection` where the checkpoint's own state was evaluated. */
  onCheckpoint(step: number, saved: SavedCheckpoint, inspection: Inspection | undefined): void;
  onGuard(step: number, finding: GuardFinding): void;
  onPaused(step: number, paused: boolean): void;
  /**
   * The configuration from the next step on. The checkpoint of this step follows at once (again, if it is there) with
   * it, so that a run that is resumed from it goes on as this one does.
   */
  onChange(step: number, config: TrainingConfig): void;
}

export interface TrainingJob {
  readonly config: TrainingConfig;
  /** The mini-batches from the start, or from where a checkpoint stood. */
  openSources(checkpoint: LoadedCheckpoint | undefined): DataSources;
  /** What its checkpoints say of where they come from. */
  readonly origin: CheckpointOrigin;
  /** Of a run that begins; one that goes on keeps those of its checkpoint. */
  readonly historyBits: HistoryBits;
  /** Folder for checkpoints and the history buffer. */
  readonly runFolder: string;
  /** Synthetic images of the fixed strip, [samples, h, w, c] in [−1, 1]. */
  readonly strip: Float32Array;
  readonly inspector?: Inspector;
  /** Goes on from here. */
  readonly resume?: LoadedCheckpoint;
  /** Settles with a reason when the device has failed; the step under way then ends the training. */
  readonly lost?: Promise<string>;
}

export interface TrainingResult {
  readonly outcome: 'done' | 'stopped' | 'cancelled';
  /** Last step whose state is saved. */
  readonly step: number;
  /** Why it stopped by itself, if it did. */
  readonly guard?: GuardFinding;
}

/**
 * Algorithm 1 of the paper from the first update (or from a checkpoint) to step T, with pre-training before it. Saves a
 * checkpoint at its cadence, when asked, when an evaluation is the best so far, and at the end. Throws a `StudioError`
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

/** All that changes while a run goes on. */
interface Session {
  gan: SimGan;
  sources: DataSources;
  /** Pieces of work done. */
  position: number;
  savedPosition: number;
  ranking: Ranking;
}

async function openSession(
  job: TrainingJob,
  config: TrainingConfig,
  checkpoint: LoadedCheckpoint | undefined,
): Promise<Session> {
  const gan = createSimGan(config, checkpoint?.state.historyBits ?? job.historyBits);
  try {
    if (checkpoint) await restoreRun(gan, checkpoint, job.runFolder);
    await removeAfter(job.runFolder, checkpoint?.step ?? -Infinity);
  } catch (error) {
    gan.dispose();
    throw error;
  }
  const position = checkpoint?.state.position ?? 0;
  return {
    gan,
    sources: job.openSources(checkpoint),
    position,
    savedPosition: checkpoint ? position : -1,
    ranking: checkpoint?.state.ranking ?? { worse: 0 },
  };
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

  if (session.position === 0) await preview();
  while (session.position < total) {
    const config = configNow();
    // Here, so that a run that was killed between its last checkpoint and its end does not go on when it is resumed.
    if (config.stopAfterWorse > 0 && session.ranking.worse >= config.stopAfterWorse) {
      await save();
      return { outcome: 'done', step: stepAfter(config, session.position) };
    }
    const place = placeAt(config, session.position);
    const last = session.position + 1 === total;
    const due = cadencesAt(place, config, last);
    const { metrics, entered } = await iterate(session.gan, session.sources, place, due.metrics);
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
    if (finding && finding.action !== 'warn') {
      await save();
      return { outcome: 'stopped', step: place.step, guard: finding };
    }
    const outcome = await obey(session, job, events, commands, save, preview);
    if (outcome === 'cancelled')
      return { outcome, step: stepAfter(config, Math.max(0, session.savedPosition)) };
    if (outcome === 'stopped' && !last) {
      await save();
      return { outcome, step: place.step };
    }
  }
  return { outcome: 'done', step: configNow().steps };
}

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

/** Takes every waiting command; while paused, waits for more. */
async function obey(
  session: Session,
  job: TrainingJob,
  events: TrainingEvents,
  commands: TrainingCommands,
  save: () => Promise<SavedCheckpoint | undefined>,
  preview: () => Promise<void>,
): Promise<'go on' | 'stopped' | 'cancelled'> {
  const step = stepAfter(session.gan.config, session.position);
  let paused = false;
  const pause = (now: boolean): void => {
    if (paused !== now) events.onPaused(step, now);
    paused = now;
  };
  for (;;) {
    const command = commands.take();
    switch (command?.kind) {
      case undefined:
        if (!paused) return 'go on';
        await new Promise((resolve) => setTimeout(resolve, PAUSE_POLL_MS));
        break;
      case 'stop':
        return 'stopped';
      case 'cancel':
        return 'cancelled';
      case 'pause':
      case 'resume':
        pause(command.kind === 'pause');
        break;
      case 'release':
        pause(true);
        if (!(await waitReleased(session, job, commands, save))) return 'stopped';
        pause(false);
        break;
      case 'checkpoint':
        await save();
        break;
      case 'preview':
        await preview();
        break;
      case 'change':
        session.gan.config = withSettings(session.gan.config, command.settings);
        events.onChange(step, session.gan.config);
        session.savedPosition = -1;
        await save();
        break;
      default:
        assertNever(command, 'training command');
    }
  }
}

const PAUSE_POLL_MS = 50;

/** Frees everything on the device until told to go on; false when told to stop. */
async function waitReleased(
  session: Session,
  job: TrainingJob,
  commands: TrainingCommands,
  save: () => Promise<SavedCheckpoint | undefined>,
): Promise<boolean> {
  const { config } = session.gan;
  await save();
  session.gan.dispose();
  let goOn: boolean | undefined;
  while (goOn === undefined) {
    const kind = commands.take()?.kind;
    if (kind === 'resume') goOn = true;
    else if (kind === 'stop' || kind === 'cancel') goOn = false;
    else await new Promise((resolve) => setTimeout(resolve, PAUSE_POLL_MS));
  }
  if (!goOn) return false;
  const checkpoint = await readCheckpoint(checkpointPath(job.runFolder, stepAfter(config, session.position)));
  Object.assign(session, await openSession(job, config, checkpoint));
  return true;
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
