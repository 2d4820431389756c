import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Random } from '../base/random.ts';
import {
  addConvolution,
  countParameters,
  disposeWeights,
  heDeviation,
  type NamedWeight,
} from '../simgan/network.ts';
import { addFeaturePoints } from './feature-points.ts';
import type { ImageNetwork } from './image-network.ts';

const size = z.int().min(1);
const input = z.strictObject({ heightPx: size, widthPx: size, channels: size });

/** All of a tripwire but its weights, as it is saved. */
export const tripwireShapeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('gaze'),
    input,
    readout: z.strictObject({ mean: z.tuple([z.number(), z.number(), z.number()]), scale: z.number() }),
  }),
  z.strictObject({ kind: z.literal('keypoints'), input, points: size }),
]);

export type TripwireShape = z.infer<typeof tripwireShapeSchema>;

const NAME = 'label tripwire';

/** Points that the network chooses for itself to read the gaze from. */
const GAZE_POINTS = 16;
const GAZE_FEATURES = 64;

/**
 * The tripwire's network with new weights. Keypoints: one feature point for each, [n, 2k] in pixels. Gaze: 16 feature
 * points, a dense layer of 64 and a linear one, [n, 3] in units of the readout. Places carry no grey levels, so that
 * changes of tone hardly reach the gaze.
 *
 * @throws StudioError 'bad-usage' where images are too small.
 */
export function buildTripwireNetwork(shape: TripwireShape, random: Random): ImageNetwork {
  const weights: NamedWeight[] = [];
  const points = shape.kind === 'gaze' ? GAZE_POINTS : shape.points;
  const featurePoints = addFeaturePoints(weights, NAME, { input: shape.input, points }, random);
  const readGaze = shape.kind === 'gaze' ? addGazeLayers(weights, shape.input, random) : undefined;
  return {
    name: NAME,
    input: shape.input,
    weights,
    parameterCount: countParameters(weights),
    apply(x) {
      const places = featurePoints.apply(x);
      return readGaze ? readGaze(places) : tf.reshape(places, [x.shape[0], 2 * points]);
    },
    dispose: () => disposeWeights(weights),
  };
}

function addGazeLayers(
  weights: NamedWeight[],
  { heightPx, widthPx }: TripwireShape['input'],
  random: Random,
): (places: tf.Tensor3D) => tf.Tensor2D {
  const add = (name: string, inputs: number, outputs: number, activation: 'relu' | 'linear') =>
    addConvolution(
      weights,
      `${NAME}/${name}`,
      {
        kernelHeight: 1,
        kernelWidth: 1,
        inputs,
        outputs,
        stride: 1,
        padding: 'valid',
        activation,
        initialDeviation: (activation === 'relu' ? 1 : Math.SQRT1_2) * heDeviation(1, 1, inputs),
      },
      random,
    );
  const first = add('gaze-1', 2 * GAZE_POINTS, GAZE_FEATURES, 'relu');
  const second = add('gaze-2', GAZE_FEATURES, 3, 'linear');
  // Places in the picture become numbers of about one.
  const scale = (2 * Math.sqrt(12)) / Math.hypot(heightPx, widthPx);
  return (places) => {
    const centred = tf.mul(tf.sub(places, tf.tensor1d([widthPx / 2, heightPx / 2])), scale);
    const features = tf.reshape<tf.Rank.R4>(centred, [places.shape[0], 1, 1, 2 * GAZE_POINTS]);
    return tf.reshape(second(first(features)), [places.shape[0], 3]);
  };
}
