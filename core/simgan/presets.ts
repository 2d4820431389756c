import { completeConfig, type TrainingConfig } from '../contract/training-config.ts';

export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly config: TrainingConfig;
}

/** Table of the paper's appendix: eyes of 55×35. λ and B are not stated there; see the schema for each field's note. */
const paperEye = completeConfig({
  seed: 1,
  widthPx: 55,
  heightPx: 35,
  channels: 1,
  refinerFeatures: 64,
  refinerBlocks: 4,
  refinerKernelPx: 3,
  refinerStart: 'random',
  discriminatorLayers: '3x3/2:96 3x3/2:64 pool3x3/1 3x3:32 1x1:32',
  discriminatorPadding: 'same',
  adversarialLoss: 'local',
  lossReduction: 'sum',
  lambda: 0.1,
  psi: 'identity',
  history: true,
  historyCapacity: 25_600,
  steps: 10_000,
  kg: 2,
  kd: 1,
  batchSize: 512,
  refinerPretrainSteps: 1000,
  discriminatorPretrainSteps: 200,
  optimizer: 'sgd',
  refinerLearningRate: 0.001,
  discriminatorLearningRate: 0.001,
  learningRateDropStep: 0,
  learningRateDropFactor: 0.25,
  metricsEvery: 10,
  previewEvery: 100,
  previewSamples: 16,
  checkpointEvery: 500,
  evaluationEvery: 500,
  stopAfterWorse: 0,
  guardPatience: 200,
  guardLeastChange: 2,
  guardSaturation: 0.98,
  guardBeaten: 0.35,
  guardDiversity: 0.3,
  guardInversion: true,
  driftBudget: 3,
});

const paperHand: TrainingConfig = {
  ...paperEye,
  widthPx: 224,
  heightPx: 224,
  refinerBlocks: 10,
  refinerKernelPx: 7,
  discriminatorLayers: '7x7/4:96 5x5/2:64 pool3x3/2 3x3/2:32 1x1:32',
  historyCapacity: 640,
  steps: 1_000_000,
  batchSize: 16,
  refinerPretrainSteps: 500,
  refinerLearningRate: 0.0002,
  discriminatorLearningRate: 0.0002,
  learningRateDropStep: 600_000,
  learningRateDropFactor: 0.25,
  previewEvery: 500,
  checkpointEvery: 2000,
  evaluationEvery: 2000,
  guardPatience: 2000,
  guardLeastChange: 0.2,
  driftBudget: 3,
};

/** For two cores and no graphics card: the paper's shapes with fewer maps, Adam, and an identity to start from. */
const eyeSmall: TrainingConfig = {
  ...paperEye,
  refinerFeatures: 16,
  refinerBlocks: 3,
  refinerStart: 'identity',
  discriminatorLayers: '3x3/2:32 3x3/2:32 pool3x3/1 3x3:32 1x1:32',
  discriminatorPadding: 'valid',
  lossReduction: 'mean',
  lambda: 1,
  historyCapacity: 640,
  steps: 600,
  kg: 1,
  kd: 2,
  batchSize: 16,
  refinerPretrainSteps: 0,
  discriminatorPretrainSteps: 50,
  optimizer: 'adam',
  refinerLearningRate: 0.001,
  discriminatorLearningRate: 0.001,
  learningRateDropStep: 400,
  learningRateDropFactor: 0.2,
  previewEvery: 50,
  checkpointEvery: 100,
  evaluationEvery: 50,
};

const handSmall: TrainingConfig = {
  ...eyeSmall,
  widthPx: 96,
  heightPx: 96,
  refinerFeatures: 12,
  refinerKernelPx: 5,
  discriminatorLayers: '5x5/2:32 3x3/2:32 pool3x3/2 3x3:32 1x1:32',
  historyCapacity: 256,
  batchSize: 8,
  guardLeastChange: 0.2,
  driftBudget: 3,
};

/** Seconds of training on anything: for tests and first tries. */
const test: TrainingConfig = {
  ...eyeSmall,
  refinerFeatures: 4,
  refinerBlocks: 1,
  discriminatorLayers: '3x3/2:8 3x3/2:8 1x1:8',
  discriminatorPadding: 'same',
  lambda: 1,
  historyCapacity: 16,
  steps: 8,
  kd: 1,
  batchSize: 4,
  refinerPretrainSteps: 2,
  discriminatorPretrainSteps: 2,
  refinerLearningRate: 0.001,
  metricsEvery: 1,
  previewEvery: 4,
  previewSamples: 4,
  checkpointEvery: 4,
  evaluationEvery: 0,
};

export const presets: readonly Preset[] = [
  { name: 'eye-small', title: 'Eyes, 55×35, for a computer without a graphics card', config: eyeSmall },
  {
    name: 'hand-small',
    title: 'Depth hands, 96×96, for a computer without a graphics card',
    config: handSmall,
  },
  { name: 'paper-eye', title: 'Eyes as in the paper, 55×35', config: paperEye },
  { name: 'paper-hand', title: 'Depth hands as in the paper, 224×224', config: paperHand },
  { name: 'test', title: 'Seconds, to see that everything works', config: test },
];
