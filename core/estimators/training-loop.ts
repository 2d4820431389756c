import * as tf from '@tensorflow/tfjs-core';
import { selectImages, type ImageBatch } from '../base/image-batch.ts';
import { takeTurn, type LongWork } from '../base/long-work.ts';
import { createRandom } from '../base/random.ts';
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

/**
 * Fits the network's weights to a labelled set by mini-batches, each image once per epoch in a new order.
 * `lossOf` gives the loss of the outputs [b, outputs] for the images at the given places of the set.
 *
 * @throws StudioError 'cancelled'; 'bad-usage' where the loss stops being a number.
 */
export async function fitNetwork(
  network: ImageNetwork,
  images: ImageBatch,
  lossOf: (outputs: tf.Tensor2D, places: Uint32Array) => tf.Scalar,
  schedule: Schedule,
  { signal, onProgress }: LongWork,
): Promise<void> {
  const { epochs, batchSize, seed } = schedule;
  const random = createRandom(seed, network.name, 'training');
  const places = Uint32Array.from({ length: images.count }, (_, index) => index);
  const total = epochs * Math.ceil(images.count / batchSize);
  const optimizer = createOptimizer('adam', network.weights);
  const variables = network.weights.map(({ variable }) => variable);
  let done = 0;
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      random.shuffle(places);
      for (let start = 0; start < images.count; start += batchSize) {
        const batchPlaces = places.slice(start, start + batchSize);
        const batch = augment(selectImages(images, batchPlaces), schedule.augmentation, random);
        const learningRate = schedule.learningRate * (1 - done / total);
        const loss = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(
            () => lossOf(network.apply(toTensor(batch)), batchPlaces),
            variables,
          );
          optimizer.apply(
            variables.map(({ name }) => grads[name]),
            learningRate,
          );
          return value;
        });
        done += 1;
        if (start + batchSize < images.count) loss.dispose();
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
  for (let start = 0; start < images.count; start += PREDICTION_BATCH) {
    const length = Math.min(PREDICTION_BATCH, images.count - start);
    const batch = selectImages(
      images,
      Uint32Array.from({ length }, (_, index) => start + index),
    );
    const outputs = tf.tidy(() => readOut(network.apply(toTensor(batch))));
    parts.push((await outputs.data<'float32'>()).slice());
    outputs.dispose();
  }
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

const PREDICTION_BATCH = 256;

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
