import * as tf from '@tensorflow/tfjs-core';
import { selectImages, type ImageBatch } from '../base/image-batch.ts';
import { takeTurn, type LongWork } from '../base/long-work.ts';
import { createRandom, type Random } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import { createOptimizer } from '../simgan/optimizer.ts';
import { augment, type Augmentation } from './augmentation.ts';
import type { ImageNetwork } from './image-network.ts';

/** How a network is fitted: Adam, its rate falling in a straight line to zero. */
export interface Schedule {
  /** Times that every image is seen. */
  readonly epochs: number;
  readonly batchSize: number;
  /** Rate at the start. */
  readonly learningRate: number;
  /** Decides initial weights, order and augmentation: the same seed gives the same network. */
  readonly seed: number;
  /** Variations of the training images; absent: none. */
  readonly augmentation?: Augmentation | undefined;
}

/** What one step learns from. */
export interface Lesson {
  readonly images: ImageBatch;
  /** The loss of the network's outputs [b, outputs] for these images; called inside a gradient. */
  readonly lossOf: (outputs: tf.Tensor2D) => tf.Scalar;
}

/**
 * Fits the network's weights to a labelled set by mini-batches, each image once per epoch in a new order.
 * `lossOf` gives the loss of the outputs [b, outputs] for the images at the given places of the set.
 *
 * @throws StudioError 'cancelled'; 'bad-usage' where the loss stops being a number.
 */
export function fitNetwork(
  network: ImageNetwork,
  images: ImageBatch,
  lossOf: (outputs: tf.Tensor2D, places: Uint32Array) => tf.Scalar,
  schedule: Schedule,
  work: LongWork,
): Promise<void> {
  const prepare = (places: Uint32Array, random: Random): Lesson => ({
    images: augment(selectImages(images, places), schedule.augmentation, random),
    lossOf: (outputs) => lossOf(outputs, places),
  });
  return fitToLessons(network, images.count, prepare, schedule, work);
}

/**
 * As `fitNetwork`, for a set of `count` images whose mini-batches are made by `prepare`, image and label together: for
 * variations that change the label, too.
 *
 * @throws as `fitNetwork`.
 */
export async function fitToLessons(
  network: ImageNetwork,
  count: number,
  prepare: (places: Uint32Array, random: Random) => Lesson,
  schedule: Omit<Schedule, 'augmentation'>,
  { signal, onProgress }: LongWork,
): Promise<void> {
  const { epochs, batchSize, seed } = schedule;
  const random = createRandom(seed, network.name, 'training');
  const places = Uint32Array.from({ length: count }, (_, index) => index);
  const total = epochs * Math.ceil(count / batchSize);
  const optimizer = createOptimizer('adam', network.weights);
  const variables = network.weights.map(({ variable }) => variable);
  let done = 0;
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      random.shuffle(places);
      for (let start = 0; start < count; start += batchSize) {
        const lesson = prepare(places.slice(start, start + batchSize), random);
        const learningRate = schedule.learningRate * (1 - done / total);
        const loss = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(
            () => lesson.lossOf(network.apply(toTensor(lesson.images))),
            variables,
          );
          optimizer.apply(
            variables.map(({ name }) => grads[name]),
            learningRate,
          );
          return value;
        });
        done += 1;
        if (start + batchSize < count) loss.dispose();
        else await requireNumber(loss, network.name);
        onProgress?.({ done, total, unit: 'steps', label: `Training the ${network.name}` });
        await takeTurn(signal);
      }
    }
  } finally {
    optimizer.dispose();
  }
}

/**
 * What the network says of every image, [count, outputs] row by row.
 *
 * @throws StudioError 'bad-usage' where the images have another size than it was built for.
 */
export async function applyNetwork(
  network: ImageNetwork,
  images: ImageBatch,
  readOut: (outputs: tf.Tensor2D) => tf.Tensor2D,
): Promise<Float32Array> {
  requireSameSize(network, images);
  const parts: Float32Array[] = [];
  const batchSize = predictionBatch(images);
  for (let start = 0; start < images.count; start += batchSize) {
    const length = Math.min(batchSize, images.count - start);
    const batch = selectImages(
      images,
      Uint32Array.from({ length }, (_, index) => start + index),
    );
    const outputs = tf.tidy(() => readOut(network.apply(toTensor(batch))));
    parts.push((await outputs.data<'float32'>()).slice());
    outputs.dispose();
    await takeTurn(undefined);
  }
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

/** Images at a time: 256 small ones, and fewer large ones, so that memory and the time between turns stay small. */
function predictionBatch({ heightPx, widthPx }: ImageBatch): number {
  return Math.max(1, Math.min(256, Math.floor(2 ** 20 / (heightPx * widthPx))));
}

function toTensor({ images, count, heightPx, widthPx, channels }: ImageBatch): tf.Tensor4D {
  return tf.tensor4d(images, [count, heightPx, widthPx, channels]);
}

async function requireNumber(loss: tf.Scalar, name: string): Promise<void> {
  const [value] = await loss.data<'float32'>();
  loss.dispose();
  if (Number.isFinite(value)) return;
  throw new StudioError('bad-usage', `The ${name} has diverged: its loss is ${value}.`, {
    remedy: 'Use a lower learning rate, and check that no image or label holds a value that is not a number.',
  });
}

function requireSameSize({ name, input }: ImageNetwork, images: ImageBatch): void {
  const size = ({ widthPx, heightPx, channels }: ImageNetwork['input']): string =>
    `${widthPx}×${heightPx}×${channels}`;
  if (size(input) === size(images)) return;
  throw new StudioError(
    'bad-usage',
    `The ${name} was trained on images of ${size(input)} and cannot judge images of ${size(images)}.`,
    { remedy: 'Bring both sets to the same size and channels first.' },
  );
}
