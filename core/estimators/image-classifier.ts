import * as tf from '@tensorflow/tfjs-core';
import { checkImageBatch, type ImageBatch } from '../base/image-batch.ts';
import type { LongWork } from '../base/long-work.ts';
import { createRandom } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import { buildImageNetwork, smallLayers } from './image-network.ts';
import { applyNetwork, fitNetwork, type Schedule } from './training-loop.ts';

export interface ImageClassifier {
  readonly parameterCount: number;
  /** Probability of each class, [count, classCount], row by row. */
  predict(images: ImageBatch): Promise<Float32Array>;
  /** Frees the weights. */
  dispose(): void;
}

const DEFAULT_SCHEDULE = {
  epochs: 10,
  batchSize: 64,
  learningRate: 0.004,
  seed: 1,
} as const satisfies Schedule;

/**
 * Trains a small network to tell classes 0 … classCount − 1 apart by cross-entropy: the two domains of a two-sample
 * test, or a data set's categories.
 *
 * @throws RangeError where images and classes do not belong together.
 * @throws StudioError 'bad-usage' for an empty set, images that are too small, or a training that diverges;
 *   'cancelled'.
 */
export async function trainImageClassifier(
  images: ImageBatch,
  classes: Uint8Array | Uint16Array,
  classCount: number,
  schedule: Partial<Schedule> = {},
  work: LongWork = {},
): Promise<ImageClassifier> {
  const complete = { ...DEFAULT_SCHEDULE, ...schedule };
  checkImageBatch(images, 'Image classifier');
  if (classes.length !== images.count) {
    throw new RangeError(`${images.count} images cannot have ${classes.length} classes.`);
  }
  if (classes.some((value) => value >= classCount)) {
    throw new RangeError(`A class must be less than ${classCount}.`);
  }
  if (images.count === 0) {
    throw new StudioError('bad-usage', 'There is no labelled image to train the classifier on.', {
      remedy: 'Import images with category labels first.',
    });
  }
  const network = buildImageNetwork(
    {
      name: 'image classifier',
      input: { heightPx: images.heightPx, widthPx: images.widthPx, channels: images.channels },
      layers: smallLayers(images),
      padding: 'same',
      outputs: classCount,
    },
    createRandom(complete.seed, 'image classifier', 'weights'),
  );
  const crossEntropy = (outputs: tf.Tensor2D, places: Uint32Array): tf.Scalar => {
    const wanted = tf.oneHot(
      tf.tensor1d(
        Int32Array.from(places, (place) => classes[place]),
        'int32',
      ),
      classCount,
    );
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(outputs), tf.cast(wanted, 'float32')), 1)));
  };
  try {
    await fitNetwork(network, images, crossEntropy, complete, work);
  } catch (error) {
    network.dispose();
    throw error;
  }
  return {
    parameterCount: network.parameterCount,
    predict: (others) => applyNetwork(network, others, (outputs) => tf.softmax(outputs)),
    dispose: () => network.dispose(),
  };
}
