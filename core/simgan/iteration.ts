import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../contract/training-config.ts';
import { histogramDistanceGrey } from '../base/histogram.ts';
import { withGivingUp } from '../engine/giving-up.ts';
import {
  updateDiscriminatorOnce,
  updateRefinerOnce,
  type DeviceMeasures,
  type SimGan,
  type UpdateOptions,
} from './algorithm-1.ts';
import type { Batch, BatchSource } from './data.ts';
import type { HistoryEntry } from './history-buffer.ts';
import { learningRateFactor, type Place } from './schedule.ts';

/** Where the mini-batches of a run come from. */
export interface DataSources<Source = BatchSource> {
  readonly synthetic: Source;
  readonly real: Source;
}

export interface IterationResult {
  /** By metric name; empty unless measured. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What entered the history buffer. */
  readonly entered: readonly HistoryEntry[];
}

/**
 * One iteration of Algorithm 1 (paper): K_g refiner updates, then K_d discriminator updates, each on its own
 * mini-batch; in pre-training one update of the network whose turn it is. With `measure` the last update of each
 * network is measured, and where the time went.
 *
 * @param isCalled asked inside of each update, without waiting; before it, signals and messages are heard. Where it says
 * so, the step is left at once. What it changed by then is the caller's to undo (see step-border.ts).
 * @throws GivenUp where the step was left
 */
export async function iterate(
  gan: SimGan,
  sources: DataSources,
  place: Place,
  measure: boolean,
  isCalled: () => boolean = () => false,
): Promise<IterationResult> {
  const { config } = gan;
  const factor = learningRateFactor(config, place.step);
  const rates = {
    refiner: config.refinerLearningRate * factor,
    discriminator: config.discriminatorLearningRate * factor,
  };
  const updates = updatesAt(place, config);
  const clock = createClock();
  const entered: HistoryEntry[] = [];
  let measures: DeviceMeasures = {};
  let readings: Record<string, number> = {};

  try {
    for (let update = 1; update <= updates.refiner; update++) {
      const synthetic = await clock.time('data', () => sources.synthetic.next());
      await nextTurn();
      const taught = await clock.time('refiner', () =>
        teachRefiner(gan, synthetic, isCalled, {
          learningRate: rates.refiner,
          measure: measure && update === updates.refiner,
          adversarial: place.phase === 'adversarial',
        }),
      );
      measures = { ...measures, ...taught };
    }
    for (let update = 1; update <= updates.discriminator; update++) {
      const [synthetic, real] = await clock.time('data', () =>
        Promise.all([sources.synthetic.next(), sources.real.next()]),
      );
      await nextTurn();
      const taught = await clock.time('discriminator', () =>
        teachDiscriminator(gan, synthetic, real, place.step, isCalled, {
          learningRate: rates.discriminator,
          measure: measure && update === updates.discriminator,
        }),
      );
      measures = { ...measures, ...taught.measures };
      readings = { ...readings, ...taught.readings };
      entered.push(...taught.entered);
    }
  } catch (error) {
    tf.dispose(measures);
    throw error;
  }
  if (!measure) return { metrics: {}, entered };
  const read = await clock.time('read', () => readMeasures(measures));
  const metrics = {
    ...read,
    ...readings,
    'rate.refiner': rates.refiner,
    'rate.discriminator': rates.discriminator,
    ...clock.milliseconds(),
  };
  return { metrics, entered };
}

function updatesAt(
  { phase }: Place,
  { kg, kd }: TrainingConfig,
): { readonly refiner: number; readonly discriminator: number } {
  switch (phase) {
    case 'refiner-pretraining':
      return { refiner: 1, discriminator: 0 };
    case 'discriminator-pretraining':
      return { refiner: 0, discriminator: 1 };
    case 'adversarial':
      return { refiner: kg, discriminator: kd };
  }
}

function teachRefiner(
  gan: SimGan,
  synthetic: Batch,
  isCalled: () => boolean,
  options: UpdateOptions & { readonly adversarial: boolean },
): DeviceMeasures {
  const images = tensorOf(synthetic, gan.config);
  try {
    return withGivingUp(isCalled, () => updateRefinerOnce(gan, images, options));
  } finally {
    images.dispose();
  }
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
  isCalled: () => boolean,
  options: UpdateOptions,
): Promise<{ measures: DeviceMeasures; readings: Record<string, number>; entered: HistoryEntry[] }> {
  const { config, history } = gan;
  const half = config.batchSize / 2;
  const usesHistory = history !== undefined && history.size() >= half;
  const images = tensorOf(synthetic, config, usesHistory ? half : config.batchSize);
  const used: tf.Tensor[] = [images];
  const using = (tensor: tf.Tensor4D): tf.Tensor4D => {
    used.push(tensor);
    return tensor;
  };
  try {
    const current = using(withGivingUp(isCalled, () => tf.tidy(() => gan.refiner.apply(images))));
    const realImages = using(tensorOf(real, config));
    const past = usesHistory ? using(sampleHistory(gan, half)) : undefined;
    const measures = withGivingUp(isCalled, () =>
      updateDiscriminatorOnce(gan, current, past, realImages, options),
    );
    const refined = history || options.measure ? await current.data<'float32'>() : undefined;
    const sources = synthetic.indices.subarray(0, half);
    const entered = history && refined ? history.replace(refined, sources, step, gan.historyRandom) : [];
    const readings: Record<string, number> =
      options.measure && refined
        ? {
            'refiner.histogramDistance': histogramDistanceGrey(
              batchOf(refined, config),
              batchOf(real.images, config),
            ),
          }
        : {};
    return { measures, readings, entered };
  } finally {
    tf.dispose(used);
  }
}

/** Distinct images of the history buffer, [count, h, w, c]. */
function sampleHistory(gan: SimGan, count: number): tf.Tensor4D {
  const { heightPx, widthPx, channels } = gan.config;
  const images = new Float32Array(count * heightPx * widthPx * channels);
  gan.history?.sample(count, gan.historyRandom, images);
  return tf.tensor4d(images, [count, heightPx, widthPx, channels]);
}

function batchOf(images: Float32Array, { heightPx, widthPx, channels }: TrainingConfig) {
  return { images, count: images.length / (heightPx * widthPx * channels), heightPx, widthPx, channels };
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

type Part = 'data' | 'refiner' | 'discriminator' | 'read';

/** Adds up where the time of an iteration goes. */
function createClock(): {
  time<Result>(part: Part, work: () => Promise<Result> | Result): Promise<Result>;
  milliseconds(): Record<string, number>;
} {
  const spent: Record<Part, number> = { data: 0, refiner: 0, discriminator: 0, read: 0 };
  return {
    async time(part, work) {
      const startMs = performance.now();
      const result = await work();
      spent[part] += performance.now() - startMs;
      return result;
    },
    milliseconds: () => Object.fromEntries(Object.entries(spent).map(([part, ms]) => [`time.${part}`, ms])),
  };
}
