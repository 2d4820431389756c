import * as tf from '@tensorflow/tfjs-core';

/** What gaze a network's three linear outputs stand for: outputs × scale + mean. */
export interface GazeReadout {
  /** Mean gaze of the training set, so that the network starts as the constant predictor. */
  readonly mean: [number, number, number];
  /** One scale for all three axes, so that distances keep their proportions. */
  readonly scale: number;
}

/** The readout that fits a training set of unit vectors [n, 3]. */
export function fitGazeReadout(gazeVectors: Float32Array): GazeReadout {
  const count = gazeVectors.length / 3;
  const mean: [number, number, number] = [0, 0, 0];
  gazeVectors.forEach((value, index) => (mean[index % 3] += value / count));
  let squares = 0;
  gazeVectors.forEach((value, index) => (squares += (value - mean[index % 3]) ** 2 / count));
  return { mean, scale: Math.max(Math.sqrt(squares), 1e-6) };
}

/** Mean squared distance of the outputs [b, 3] to the gaze vectors at the given places, in units of the scale. */
export function gazeLoss(
  { mean, scale }: GazeReadout,
  outputs: tf.Tensor2D,
  gazeVectors: Float32Array,
  places: Uint32Array,
): tf.Scalar {
  const targets = Float32Array.from(
    { length: 3 * places.length },
    (_, index) => (gazeVectors[3 * places[Math.floor(index / 3)] + (index % 3)] - mean[index % 3]) / scale,
  );
  return tf.mean(tf.sum(tf.squaredDifference(outputs, tf.tensor2d(targets, [places.length, 3])), 1));
}

/** Unit gaze vectors [n, 3] of the outputs [n, 3]. */
export function gazeOfOutputs({ mean, scale }: GazeReadout, outputs: tf.Tensor2D): tf.Tensor2D {
  const vectors = tf.add<tf.Tensor2D>(tf.mul(outputs, scale), tf.tensor1d(mean));
  return tf.div(vectors, tf.norm(vectors, 'euclidean', 1, true));
}
