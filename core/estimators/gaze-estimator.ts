import type * as tf from '@tensorflow/tfjs-core';
import { checkImageBatch, type ImageBatch } from '../base/image-batch.ts';
import type { LongWork } from '../base/long-work.ts';
import { createRandom } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import { fitGazeReadout, gazeLoss, gazeOfOutputs } from './gaze-readout.ts';
import { buildImageNetwork, smallLayers, type ImageLayer } from './image-network.ts';
import { applyNetwork, fitNetwork, type Schedule } from './training-loop.ts';

export interface GazeEstimatorConfig extends Schedule {
  /** 'paper': 9.8 million parameters at 55×35. 'small': 78 thousand, enough for a comparison in seconds. */
  readonly size: 'paper' | 'small';
}

export interface GazeEstimator {
  readonly parameterCount: number;
  /** Unit gaze vectors [count, 3], row by row. */
  predict(images: ImageBatch): Promise<Float32Array>;
  /** Frees the weights. */
  dispose(): void;
}

const DEFAULT_CONFIG = {
  size: 'small',
  epochs: 10,
  batchSize: 64,
  learningRate: 0.004,
  seed: 1,
} as const satisfies GazeEstimatorConfig;

/**
 * The gaze CNN of Shrivastava et al. 2016 (appendix): convolutions 3×3 of 32, 32, 64 maps, max-pooling 3×3 of stride
 * 2, convolutions of 80 and 192 maps, max-pooling 2×2, dense 1000, 3. Without padding a 55×35 image arrives at the
 * paper's 9600 numbers before the dense layers.
 */
const PAPER_LAYERS: readonly ImageLayer[] = [
  { kind: 'convolution', kernelPx: 3, stride: 1, features: 32 },
  { kind: 'convolution', kernelPx: 3, stride: 1, features: 32 },
  { kind: 'convolution', kernelPx: 3, stride: 1, features: 64 },
  { kind: 'max-pool', kernelPx: 3, stride: 2 },
  { kind: 'convolution', kernelPx: 3, stride: 1, features: 80 },
  { kind: 'convolution', kernelPx: 3, stride: 1, features: 192 },
  { kind: 'max-pool', kernelPx: 2, stride: 2 },
  { kind: 'dense', features: 1000 },
];

/**
 * Trains a network from images to gaze vectors [count, 3] (units, in the camera frame of core/contract) with the
 * squared distance as loss, as in the paper. It learns the deviation from the training set's mean gaze, so that it
 * starts as the constant predictor.
 *
 * @throws RangeError where images and vectors do not belong together.
 * @throws StudioError 'bad-usage' for an empty set, images that are too small, or a training that diverges;
 *   'cancelled'.
 */
export async function trainGazeEstimator(
  images: ImageBatch,
  gazeVectors: Float32Array,
  config: Partial<GazeEstimatorConfig> = {},
  work: LongWork = {},
): Promise<GazeEstimator> {
  const complete = { ...DEFAULT_CONFIG, ...config };
  checkImageBatch(images, 'Gaze estimator');
  if (gazeVectors.length !== 3 * images.count) {
    throw new RangeError(
      `${images.count} images need ${3 * images.count} numbers of gaze, not ${gazeVectors.length}.`,
    );
  }
  if (images.count === 0) {
    throw new StudioError('bad-usage', 'There is no labelled image to train the gaze estimator on.', {
      remedy: 'Import images with gaze labels first.',
    });
  }
  const readout = fitGazeReadout(gazeVectors);
  const network = buildImageNetwork(
    {
      name: 'gaze estimator',
      input: { heightPx: images.heightPx, widthPx: images.widthPx, channels: images.channels },
      layers: complete.size === 'paper' ? PAPER_LAYERS : smallLayers(images),
      padding: complete.size === 'paper' ? 'valid' : 'same',
      outputs: 3,
    },
    createRandom(complete.seed, 'gaze estimator', 'weights'),
  );
  try {
    const lossOf = (outputs: tf.Tensor2D, places: Uint32Array): tf.Scalar =>
      gazeLoss(readout, outputs, gazeVectors, places);
    await fitNetwork(network, images, lossOf, complete, work);
  } catch (error) {
    network.dispose();
    throw error;
  }
  return {
    parameterCount: network.parameterCount,
    predict: (others) => applyNetwork(network, others, (outputs) => gazeOfOutputs(readout, outputs)),
    dispose: () => network.dispose(),
  };
}
