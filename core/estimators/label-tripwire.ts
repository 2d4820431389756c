import * as tf from '@tensorflow/tfjs-core';
import { checkImageBatch, selectImages, type ImageBatch } from '../base/image-batch.ts';
import type { LongWork } from '../base/long-work.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { SafeTensors, SavedTensor } from '../base/safetensors.ts';
import { messageOf, StudioError } from '../base/studio-error.ts';
import { drawShift, shiftImages, type Shift } from './augmentation.ts';
import { fitGazeReadout, gazeLoss, gazeOfOutputs } from './gaze-readout.ts';
import type { ImageNetwork } from './image-network.ts';
import { changeRendering } from './rendering-change.ts';
import { applyNetwork, fitToLessons, type Lesson } from './training-loop.ts';
import {
  checkTripwireLabels,
  countedPoints,
  gazeDistancesDeg,
  labelWidth,
  pointDistancesPx,
  valuesOfLabels,
  type KeypointLabels,
  type TripwireLabels,
} from './tripwire-labels.ts';
import { buildTripwireNetwork, tripwireShapeSchema, type TripwireShape } from './tripwire-network.ts';

export interface TripwireConfig {
  /** Decides initial weights, order and variations: the same seed gives the same network on the same engine. */
  readonly seed: number;
  /**
   * Mini-batches to train on, about: the set is seen a whole number of times, or, where it is too large for once, an
   * even part of it.
   */
  readonly steps: number;
  readonly batchSize: number;
  /** Rate of Adam at the start. */
  readonly learningRate: number;
}

/** A small frozen network that reads labels off pictures: where its answer moves, the picture has left its label. */
export interface Tripwire {
  /** Of every distance. */
  readonly unit: '°' | 'px';
  /** Unit gaze vectors [n, 3], or points [n, 2k] in pixels of the image. */
  predict(images: ImageBatch): Promise<Float32Array>;
  /**
   * How far two predictions, or a prediction and `valuesOfLabels`, lie apart for each image, in the unit. With
   * labels, points that have none do not count; an image without any labelled point is NaN.
   */
  distances(left: Float32Array, right: Float32Array, labels?: TripwireLabels): Float32Array;
  /** Error of each image's prediction against its label. */
  errors(images: ImageBatch, labels: TripwireLabels): Promise<Float32Array>;
  /** Everything `loadTripwire` needs to give the very same network; fit for `writeSafeTensors`. */
  save(): Promise<SafeTensors>;
  /** Frees the weights. */
  dispose(): void;
}

const DEFAULT_CONFIG = { steps: 400, batchSize: 32, learningRate: 0.004 } as const;
const FORMAT = 'simgan-tripwire-1';

/** Largest shift of a training image, as a share of its shorter side. */
const SHIFT_SHARE = 0.1;

/**
 * Trains a tripwire on the labelled synthetic set, before adversarial training. Every image is seen moved, points
 * moved along, and in other renderings (`changeRendering`), so that it reads positions and not a style. A gaze is the
 * same wherever the eye is in the picture.
 *
 * @throws RangeError where images and labels do not belong together.
 * @throws StudioError 'bad-usage' where nothing is labelled, a label is broken, images are too small or hold values that
 *   are not numbers; 'cancelled'.
 */
export async function trainTripwire(
  images: ImageBatch,
  labels: TripwireLabels,
  config: Partial<TripwireConfig> & Pick<TripwireConfig, 'seed'>,
  work: LongWork = {},
): Promise<Tripwire> {
  const { seed, steps, batchSize, learningRate } = { ...DEFAULT_CONFIG, ...config };
  checkImageBatch(images, 'Label tripwire');
  checkTripwireLabels(labels, images.count);
  const { shape, lossOf } = describeTask(images, labels);
  const network = buildTripwireNetwork(shape, createRandom(seed, 'label tripwire', 'weights'));
  const count = Math.min(images.count, steps * batchSize);
  const epochs = Math.max(1, Math.round(steps / Math.ceil(count / batchSize)));
  const shiftPx = Math.round(SHIFT_SHARE * Math.min(images.heightPx, images.widthPx));
  const prepare = (chosen: Uint32Array, random: Random): Lesson => {
    const places = chosen.map((place) => Math.floor((place * images.count) / count));
    const shifts = Array.from(places, () => drawShift(shiftPx, random));
    return {
      images: changeRendering(shiftImages(selectImages(images, places), shifts), random),
      lossOf: (outputs) => lossOf(outputs, places, shifts),
    };
  };
  try {
    await fitToLessons(network, count, prepare, { epochs, batchSize, learningRate, seed }, work);
  } catch (error) {
    network.dispose();
    throw error;
  }
  return freeze(network, shape);
}

/**
 * The tripwire that was saved, bit for bit on the same engine.
 *
 * @throws StudioError 'too-new' where another version saved it; 'bad-input' where something is missing.
 */
export function loadTripwire({ tensors, metadata }: SafeTensors): Tripwire {
  if (metadata.format !== FORMAT) {
    throw new StudioError(
      'too-new',
      `This is not a label tripwire that this version reads (${metadata.format ?? 'no format'}).`,
      { remedy: 'Open the run with the version of the program that started it.' },
    );
  }
  const shape = parseShape(metadata.shape);
  const network = buildTripwireNetwork(shape, createRandom(0));
  try {
    for (const { name, variable } of network.weights) {
      const saved = tensors.get(name);
      if (saved?.shape.join() !== variable.shape.join()) {
        throw damaged(`it has no weight "${name}" of shape [${variable.shape.join(', ')}].`);
      }
      tf.tidy(() => variable.assign(tf.tensor(saved.values, variable.shape)));
    }
  } catch (error) {
    network.dispose();
    throw error;
  }
  return freeze(network, shape);
}

function freeze(network: ImageNetwork, shape: TripwireShape): Tripwire {
  const predict = (images: ImageBatch): Promise<Float32Array> =>
    applyNetwork(network, images, (outputs) =>
      shape.kind === 'gaze' ? gazeOfOutputs(shape.readout, outputs) : outputs,
    );
  const distances: Tripwire['distances'] = (left, right, labels) => {
    if (left.length !== right.length) {
      throw new RangeError(
        `${left.length} and ${right.length} numbers are not predictions of the same images.`,
      );
    }
    if (shape.kind === 'gaze') return gazeDistancesDeg(left, right);
    const counted = labels?.kind === 'keypoints' ? countedPoints(labels, shape.input) : undefined;
    return pointDistancesPx(left, right, shape.points, counted);
  };
  return {
    unit: shape.kind === 'gaze' ? '°' : 'px',
    predict,
    distances,
    async errors(images, labels) {
      checkTripwireLabels(labels, images.count);
      return distances(await predict(images), valuesOfLabels(labels), labels);
    },
    async save() {
      const tensors = new Map<string, SavedTensor>();
      for (const { name, variable } of network.weights) {
        tensors.set(name, { shape: variable.shape, values: (await variable.data<'float32'>()).slice() });
      }
      return { tensors, metadata: { format: FORMAT, shape: JSON.stringify(shape) } };
    },
    dispose: () => network.dispose(),
  };
}

interface Task {
  readonly shape: TripwireShape;
  /** The loss of the outputs for the images at these places, moved by these shifts. */
  readonly lossOf: (outputs: tf.Tensor2D, places: Uint32Array, shifts: readonly Shift[]) => tf.Scalar;
}

function describeTask({ heightPx, widthPx, channels, count }: ImageBatch, labels: TripwireLabels): Task {
  const input = { heightPx, widthPx, channels };
  if (labels.kind === 'gaze') {
    const readout = fitGazeReadout(labels.vectors);
    return {
      shape: { kind: 'gaze', input, readout },
      lossOf: (outputs, places) => gazeLoss(readout, outputs, labels.vectors, places),
    };
  }
  const pointCount = labelWidth(labels, count) / 2;
  return {
    shape: { kind: 'keypoints', input, points: pointCount },
    lossOf(outputs, places, shifts) {
      const moved = moveLabels(labels, pointCount, places, shifts);
      return pointLoss(outputs, moved.points, countedPoints(moved, input));
    },
  };
}

/** The labels at some places, points moved along with their image. */
function moveLabels(
  { points, visibility }: KeypointLabels,
  pointCount: number,
  places: Uint32Array,
  shifts: readonly Shift[],
): KeypointLabels {
  const moved = new Float32Array(places.length * 2 * pointCount);
  const visible = new Uint8Array(places.length * pointCount);
  places.forEach((place, row) => {
    visible.set(visibility.subarray(place * pointCount, (place + 1) * pointCount), row * pointCount);
    for (let value = 0; value < 2 * pointCount; value++) {
      moved[row * 2 * pointCount + value] = points[place * 2 * pointCount + value] + shifts[row][value % 2];
    }
  });
  return { kind: 'keypoints', points: moved, visibility: visible };
}

/** Squared pixels under the root: keeps the slope of a distance finite where it is zero. */
const SMOOTHING_PX2 = 0.01;

/** Mean distance in pixels of the outputs [b, 2k] to the points [b, k, 2] that count; 0 where none does. */
function pointLoss(outputs: tf.Tensor2D, points: Float32Array, counted: Uint8Array): tf.Scalar {
  // Points that do not count may hold anything, and NaN times zero is NaN.
  const targets = points.map((value, place) => (counted[Math.floor(place / 2)] ? value : 0));
  const squares = tf.sum(
    tf.squaredDifference(tf.reshape(outputs, [-1, 2]), tf.tensor2d(targets, [counted.length, 2])),
    1,
  );
  const weights = tf.tensor1d(Float32Array.from(counted));
  const distances = tf.mul(tf.sqrt(tf.add(squares, SMOOTHING_PX2)), weights);
  return tf.div(tf.sum(distances), tf.maximum(tf.sum(weights), 1));
}

function parseShape(text: string | undefined): TripwireShape {
  try {
    return tripwireShapeSchema.parse(JSON.parse(text ?? ''));
  } catch (error) {
    throw damaged(`its shape makes no sense: ${messageOf(error)}`, error);
  }
}

function damaged(reason: string, cause?: unknown): StudioError {
  return new StudioError('bad-input', `The saved label tripwire cannot be used: ${reason}`, {
    remedy: 'Put the file of the run back, or start a new run from the checkpoint.',
    cause,
  });
}
