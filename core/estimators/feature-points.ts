import * as tf from '@tensorflow/tfjs-core';
import type { ImageBatch } from '../base/image-batch.ts';
import type { Random } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import { addConvolution, heDeviation, type Convolution, type NamedWeight } from '../simgan/network.ts';

/** Finds points in images; owns no weights, they were appended to the list it was built with. */
export interface FeaturePoints {
  /** x [n, h, w, c] → places [n, points, 2], x and y in pixels of the image; inside `tf.tidy` or a gradient. */
  apply(x: tf.Tensor4D): tf.Tensor3D;
}

/** Maps of the convolutions that halve the image, and of those after them. */
const HALVING_FEATURES = [8, 16, 24];
const CONTEXT_FEATURES = [24, 24];

/** Convolutions of stride 2 end when the next would leave fewer pixels than this along the shorter side. */
const FEWEST_CELLS = 8;

/**
 * A small fully convolutional network with one heatmap per point and the expected place under the heatmap's softmax as
 * its answer ("soft-argmax": Finn et al. 2016, "Deep Spatial Autoencoders"; Sun et al. 2018, "Integral Human Pose
 * Regression"). A picture that moves takes its points along by construction, which a dense layer has to learn. Appends
 * its weights, initialised after He et al. 2015, to `weights`.
 *
 * @throws StudioError 'bad-usage' where the image has fewer than 8 pixels along a side.
 */
export function addFeaturePoints(
  weights: NamedWeight[],
  name: string,
  shape: {
    readonly input: Pick<ImageBatch, 'heightPx' | 'widthPx' | 'channels'>;
    readonly points: number;
  },
  random: Random,
): FeaturePoints {
  const { input, points } = shape;
  const shorterPx = Math.min(input.heightPx, input.widthPx);
  if (shorterPx < FEWEST_CELLS) {
    throw new StudioError(
      'bad-usage',
      `Images of ${input.widthPx}×${input.heightPx} px are too small for the ${name}.`,
      { remedy: `Use images of at least ${FEWEST_CELLS} px along each side.` },
    );
  }
  const halvings = Math.max(1, Math.floor(Math.log2(shorterPx / FEWEST_CELLS)));
  const layers: Convolution[] = [];
  let channels = input.channels;
  const add = (kernelPx: number, stride: number, features: number, activation: 'relu' | 'linear'): void => {
    layers.push(
      addConvolution(
        weights,
        `${name}/layer-${layers.length + 1}`,
        {
          kernelHeight: kernelPx,
          kernelWidth: kernelPx,
          inputs: channels,
          outputs: features,
          stride,
          padding: 'same',
          activation,
          initialDeviation: heDeviation(kernelPx, kernelPx, channels),
        },
        random,
      ),
    );
    channels = features;
  };
  for (let halving = 0; halving < halvings; halving++) {
    add(halving === 0 ? 5 : 3, 2, HALVING_FEATURES[Math.min(halving, HALVING_FEATURES.length - 1)], 'relu');
  }
  for (const features of CONTEXT_FEATURES) add(3, 1, features, 'relu');
  add(1, 1, points, 'linear');
  const cellPx = 2 ** halvings;
  const rows = Math.ceil(input.heightPx / cellPx);
  const columns = Math.ceil(input.widthPx / cellPx);
  return {
    apply(x) {
      const heatmaps = layers.reduce((hidden, layer) => layer(hidden), x);
      const perPoint = tf.reshape<tf.Rank.R2>(tf.transpose(heatmaps, [0, 3, 1, 2]), [-1, rows * columns]);
      const places = tf.matMul(tf.softmax(perPoint), cellMiddles(rows, columns, cellPx));
      return tf.reshape(places, [x.shape[0], points, 2]);
    },
  };
}

/** Where the cells of a heatmap lie in the image, x and y in pixels, [rows · columns, 2]. */
function cellMiddles(rows: number, columns: number, cellPx: number): tf.Tensor2D {
  const middles = new Float32Array(rows * columns * 2);
  for (let cell = 0; cell < rows * columns; cell++) {
    middles[2 * cell] = ((cell % columns) + 0.5) * cellPx;
    middles[2 * cell + 1] = (Math.floor(cell / columns) + 0.5) * cellPx;
  }
  return tf.tensor2d(middles, [rows * columns, 2]);
}
