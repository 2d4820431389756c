import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { assertNever } from '../base/assert.ts';
import { StudioError } from '../base/studio-error.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import {
  createSimGan,
  updateDiscriminatorOnce,
  updateRefinerOnce,
  type DeviceMeasures,
  type SimGan,
} from './algorithm-1.ts';
import {
  removeAfter,
  restoreRun,
  writeCheckpoint,
  type LoadedCheckpoint,
  type SavedCheckpoint,
} from './checkpoint.ts';
import type { Batch, BatchSource } from './data.ts';
import type { HistoryEntry } from './history-buffer.ts';
import { refineBatch } from './refine.ts';
import {
  learningRateFactor,
  placeAt,
  stepAfter,
  totalPositions,
  type Phase,
  type Place,
} from './schedule.ts';

/** What is asked of a running training; honoured at the next step border. */
export type TrainingCommand = 'pause' | 'resume' | 'stop' | 'checkpoint' | 'preview';

export interface TrainingCommands {
  /** The oldest command not yet taken. */
  take(): TrainingCommand | undefined;
}

/** The fixed strip, refined. Arrays are [samples, h, w, c] in [−1, 1] and [samples, h', w'] in [0, 1]. */
export interface Preview {
  readonly step: number;
  readonly synthetic: Float32Array;
  readonly refined: Float32Array;
  readonly patchMaps: Float32Array;
  readonly mapHeight: number;
  readonly mapWidth: number;
}

/** What training tells; it knows no interface and no database. */
export interface TrainingEvents {
  onPlace(place: Place, position: number, total: number): void;
  onMetrics(step: number, phase: Phase, values: Readonly<Record<string, number>>): void;
  onHistory(entries: readonly HistoryEntry[]): void;
  onPreview(preview: Preview): Promise<void> | void;
  onCheckpoint(step: number, saved: SavedCheckpoint): void;
  onPaused(paused: boolean): void;
}

export interface TrainingJob {
  readonly config: TrainingConfig;
  readonly synthetic: BatchSource;
  readonly real: BatchSource;
  /** Folder for checkpoints and the history buffer. */
  readonly runFolder: string;
  /** Synthetic images of the fixed strip, [samples, h, w, c] in [−1, 1]. */
  readonly strip: Float32Array;
  /** Goes on from here; the sources were restored from the same checkpoint. */
  readonly resume?: LoadedCheckpoint;
}

export interface TrainingResult {
  readonly outcome: 'done' | 'stopped';
  readonly step: number;
}

/**
 * Algorithm 1 of the paper from the first update (or from a checkpoint) to step T, with pre-training before it:
 * K_g refiner updates, then K_d discriminator updates, each on its own mini-batch. Saves a checkpoint at its cadence,
 * when asked to stop, and at the end. Throws a `StudioError` ("engine") when a loss stops being a number; the last
 * checkpoint is then the last good one.
 */
export async function train(
  job: TrainingJob,
  events: TrainingEvents,
  commands: TrainingCommands,
): Promise<TrainingResult> {
  const gan = createSimGan(job.config);
  try {
    let position = 0;
    if (job.resume) {
      await restoreRun(gan, job.resume, job.runFolder);
      await removeAfter(job.runFolder, job.resume.step);
      position = job.resume.state.position;
    }
    return await runFrom(position, gan, job, events, commands);
  } finally {
    gan.dispose();
  }
}

async function runFrom(
  start: number,
  gan: SimGan,
  job: TrainingJob,
  events: TrainingEvents,
  commands: TrainingCommands,
): Promise<TrainingResult> {
  const { config } = job;
  const total = totalPositions(config);
  let savedAt = start;
  const save = async (position: number): Promise<void> => {
    const step = stepAfter(config, position);
    const saved = await writeCheckpoint(job.runFolder, step, gan, {
      position,
      synthetic: job.synthetic.state(),
      real: job.real.state(),
    });
    savedAt = position;
    events.onCheckpoint(step, saved);
  };
  const preview = async (step: number): Promise<void> => {
    const refined = await refineBatch(gan, job.strip);
    await events.onPreview({ step, synthetic: job.strip, ...refined });
  };

  if (start === 0) await preview(stepAfter(config, 0));
  for (let position = start; position < total; position++) {
    const place = placeAt(config, position);
    const done = position + 1;
    const last = done === total;
    const checkpointDue = last || place.step % config.checkpointEvery === 0;
    const measure = checkpointDue || place.step % config.metricsEvery === 0;

    const timed = await workAt(place, gan, job, events, measure);
    events.onPlace(place, done, total);
    if (measure) {
      const values = await readMeasures(timed.measures);
      refuseNonFinite(values, place.step);
      events.onMetrics(place.step, place.phase, { ...values, ...timed.milliseconds });
    }
    const previewDue = last || (place.phase === 'adversarial' && place.step % config.previewEvery === 0);
    if (previewDue) await preview(place.step);
    if (checkpointDue) await save(done);

    await nextTurn();
    const outcome = await obey(commands, events, {
      checkpoint: async () => {
        if (savedAt !== done) await save(done);
      },
      preview: () => preview(place.step),
    });
    if (outcome === 'stop' && !last) {
      if (savedAt !== done) await save(done);
      return { outcome: 'stopped', step: place.step };
    }
  }
  return { outcome: 'done', step: config.steps };
}

/** Takes every waiting command; while paused, waits for more. */
async function obey(
  commands: TrainingCommands,
  events: TrainingEvents,
  actions: { checkpoint(): Promise<void>; preview(): Promise<void> },
): Promise<'go on' | 'stop'> {
  let paused = false;
  for (;;) {
    const command = commands.take();
    switch (command) {
      case undefined:
        if (!paused) return 'go on';
        await new Promise((resolve) => setTimeout(resolve, PAUSE_POLL_MS));
        break;
      case 'stop':
        return 'stop';
      case 'pause':
      case 'resume':
        if (paused !== (command === 'pause')) {
          paused = !paused;
          events.onPaused(paused);
        }
        break;
      case 'checkpoint':
        await actions.checkpoint();
        break;
      case 'preview':
        await actions.preview();
        break;
      default:
        assertNever(command, 'training command');
    }
  }
}

const PAUSE_POLL_MS = 50;

interface TimedWork {
  readonly measures: DeviceMeasures;
  readonly milliseconds: Record<string, number>;
}

async function workAt(
  place: Place,
  gan: SimGan,
  job: TrainingJob,
  events: TrainingEvents,
  measure: boolean,
): Promise<TimedWork> {
  const { config } = job;
  const factor = learningRateFactor(config, place.step);
  const milliseconds = { 'time.data': 0, 'time.refiner': 0, 'time.discriminator': 0 };
  const clock = async <T>(part: keyof typeof milliseconds, work: () => Promise<T> | T): Promise<T> => {
    const startMs = performance.now();
    const result = await work();
    milliseconds[part] += performance.now() - startMs;
    return result;
  };
  let measures: DeviceMeasures = {};
  const refinerUpdates = { 'refiner-pretraining': 1, 'discriminator-pretraining': 0, adversarial: config.kg };
  const discriminatorUpdates = {
    'refiner-pretraining': 0,
    'discriminator-pretraining': 1,
    adversarial: config.kd,
  };

  for (let update = 1; update <= refinerUpdates[place.phase]; update++) {
    const synthetic = await clock('time.data', () => job.synthetic.next());
    const options = {
      learningRate: config.refinerLearningRate * factor,
      measure: measure && update === refinerUpdates[place.phase],
      adversarial: place.phase === 'adversarial',
    };
    await clock('time.refiner', () => {
      const images = tensorOf(synthetic, config);
      measures = { ...measures, ...updateRefinerOnce(gan, images, options) };
      images.dispose();
    });
  }
  for (let update = 1; update <= discriminatorUpdates[place.phase]; update++) {
    const [synthetic, real] = await clock('time.data', () =>
      Promise.all([job.synthetic.next(), job.real.next()]),
    );
    const options = {
      learningRate: config.discriminatorLearningRate * factor,
      measure: measure && update === discriminatorUpdates[place.phase],
    };
    await clock('time.discriminator', async () => {
      const { measured, entries } = await teachDiscriminator(gan, synthetic, real, place.step, options);
      measures = { ...measures, ...measured };
      if (entries.length > 0) events.onHistory(entries);
    });
  }
  return { measures, milliseconds };
}

/**
 * One discriminator update with the history buffer around it (paper §2.3): b/2 images of the current refiner and b/2 of
 * the buffer once it holds that many (b of the current one before), then b/2 current ones enter the buffer.
 */
async function teachDiscriminator(
  gan: SimGan,
  synthetic: Batch,
  real: Batch,
  step: number,
  options: { readonly learningRate: number; readonly measure: boolean },
): Promise<{ measured: DeviceMeasures; entries: HistoryEntry[] }> {
  const { config, history } = gan;
  const half = config.batchSize / 2;
  const past = history && history.size() >= half ? sampleHistory(gan, half) : undefined;
  const currentCount = past ? half : config.batchSize;
  const current = tf.tidy(() => gan.refiner.apply(tensorOf(synthetic, config, currentCount)));
  const realImages = tensorOf(real, config);
  const measured = updateDiscriminatorOnce(gan, current, past, realImages, options);
  const entries = history
    ? history.replace(
        await current.data<'float32'>(),
        synthetic.indices.subarray(0, half),
        step,
        gan.historyRandom,
      )
    : [];
  tf.dispose([current, realImages]);
  past?.dispose();
  return { measured, entries };
}

/** b/2 distinct images of the history buffer, [count, h, w, c]. */
function sampleHistory(gan: SimGan, count: number): tf.Tensor4D {
  const { heightPx, widthPx, channels } = gan.config;
  const images = new Float32Array(count * heightPx * widthPx * channels);
  gan.history?.sample(count, gan.historyRandom, images);
  return tf.tensor4d(images, [count, heightPx, widthPx, channels]);
}

function tensorOf(batch: Batch, config: TrainingConfig, count = config.batchSize): tf.Tensor4D {
  const { heightPx, widthPx, channels } = config;
  const values = count * heightPx * widthPx * channels;
  return tf.tensor4d(batch.images.subarray(0, values), [count, heightPx, widthPx, channels]);
}

/** Reads all scalars in one go and frees them. */
async function readMeasures(measures: DeviceMeasures): Promise<Record<string, number>> {
  const names = Object.keys(measures);
  const stacked = tf.tidy(() => tf.stack(names.map((name) => measures[name])));
  const values = await stacked.data();
  tf.dispose([stacked, ...Object.values(measures)]);
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
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
