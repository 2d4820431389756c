import { createRandom } from '../../core/base/random.ts';
import type { TrainingConfig } from '../../core/contract/training-config.ts';
import { presets } from '../../core/simgan/presets.ts';
import type { Weights } from './weights.ts';

/** Tiny networks and short runs, small enough for plain loops, on which engines are held against the reference. */
export interface ReferenceCase {
  readonly name: string;
  readonly config: TrainingConfig;
}

/** The configuration of a preset. */
export function presetNamed(name: string): TrainingConfig {
  const preset = presets.find((candidate) => candidate.name === name);
  if (!preset) throw new Error(`There is no preset ${name}.`);
  return preset.config;
}

const eyeLike: TrainingConfig = {
  ...presetNamed('test'),
  seed: 3,
  widthPx: 13,
  heightPx: 9,
  refinerFeatures: 3,
  refinerBlocks: 2,
  refinerStart: 'random',
  discriminatorLayers: '3x3/2:5 3x3/2:4 pool3x3/1 3x3:3 1x1:3',
  discriminatorPadding: 'same',
  lambda: 0.7,
  historyCapacity: 7,
  steps: 3,
  kg: 2,
  kd: 2,
  optimizer: 'sgd',
  refinerLearningRate: 0.02,
  discriminatorLearningRate: 0.01,
  learningRateDropStep: 2,
  previewEvery: 100,
  previewSamples: 1,
  checkpointEvery: 100,
};

/** Both starts, reductions, paddings and adversarial losses, every ψ, 1 and 3 channels, kernels 3, 5, 7, odd and even sizes. */
export const referenceCases: readonly ReferenceCase[] = [
  { name: '1 channel, 3×3, same, local, random start, mean, identity', config: eyeLike },
  {
    name: '3 channels, 7×7, valid, local, identity start, sum, derivatives',
    config: {
      ...eyeLike,
      widthPx: 17,
      heightPx: 15,
      channels: 3,
      refinerBlocks: 1,
      refinerKernelPx: 7,
      refinerStart: 'identity',
      discriminatorLayers: '3x3/2:4 pool3x3/1 1x1:3',
      discriminatorPadding: 'valid',
      lossReduction: 'sum',
      lambda: 0.05,
      psi: 'derivatives',
    },
  },
  {
    name: '3 channels, 5×5, same, global, random start, sum, channel mean',
    config: {
      ...eyeLike,
      widthPx: 11,
      heightPx: 10,
      channels: 3,
      refinerKernelPx: 5,
      discriminatorLayers: '5x5/2:4 pool3x3/2 3x3:3',
      adversarialLoss: 'global',
      lossReduction: 'sum',
      lambda: 0.02,
      psi: 'channel-mean',
    },
  },
  {
    name: '1 channel, 3×3, valid, global, identity start, mean, identity',
    config: {
      ...eyeLike,
      widthPx: 23,
      heightPx: 19,
      refinerBlocks: 1,
      refinerStart: 'identity',
      discriminatorLayers: '7x7/4:4 3x3/2:3',
      discriminatorPadding: 'valid',
      adversarialLoss: 'global',
    },
  },
  {
    name: '1 channel, the hand’s discriminator in small, even size',
    config: {
      ...eyeLike,
      widthPx: 24,
      heightPx: 16,
      refinerBlocks: 3,
      discriminatorLayers: '7x7/4:5 5x5/2:4 pool3x3/2 3x3/2:3 1x1:3',
      lossReduction: 'sum',
      lambda: 0.01,
    },
  },
];

/** The first case's networks with every optimizer, with and without history. */
export const referenceRuns: readonly ReferenceCase[] = (['sgd', 'momentum', 'adam'] as const).flatMap(
  (optimizer) =>
    [true, false].map((history) => ({
      name: `${optimizer}, history ${history ? 'on' : 'off'}`,
      config: { ...eyeLike, optimizer, history },
    })),
);

/** Seeded noise in [−1, 1) of the size of `count` images, the same for the same words. */
export function noiseImages(
  config: Pick<TrainingConfig, 'seed' | 'widthPx' | 'heightPx' | 'channels'>,
  count: number,
  ...stream: (string | number)[]
): Float32Array {
  const random = createRandom(config.seed, 'noise', ...stream);
  const { widthPx, heightPx, channels } = config;
  return Float32Array.from({ length: count * widthPx * heightPx * channels }, () => random.range(-1, 1));
}

/**
 * The largest difference between values of one kind, in units of the largest reference value: what a stated relative
 * tolerance refers to.
 */
export function relativeError(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (actual.length !== reference.length) {
    throw new RangeError(`${actual.length} values cannot be compared with ${reference.length}.`);
  }
  let scale = 0;
  let error = 0;
  for (let at = 0; at < reference.length; at++) {
    scale = Math.max(scale, Math.abs(reference[at]));
    const difference = Math.abs(actual[at] - reference[at]);
    // Comparisons would let a NaN pass.
    if (Number.isNaN(difference)) return NaN;
    error = Math.max(error, difference);
  }
  return error === 0 ? 0 : error / scale;
}

/** The largest `relativeError` among the weights (or gradients) of the same names. */
export function largestWeightError(
  actual: Weights,
  reference: ReadonlyMap<string, ArrayLike<number>>,
): number {
  if (actual.size !== reference.size) {
    throw new RangeError(`${actual.size} weights cannot be compared with ${reference.size}.`);
  }
  return Math.max(
    ...[...reference].map(([name, values]) => relativeError(actual.get(name)?.values ?? [], values)),
  );
}
