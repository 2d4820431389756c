import { z } from 'zod';

/** What a form or a help page says about one field of the training configuration. */
export interface FieldDescription {
  readonly label: string;
  readonly help: string;
  readonly unit: string;
  /** What the paper uses, in words; empty where the paper has no such thing. */
  readonly paper: string;
  readonly group: FieldGroup;
  /** One of the few that everybody looks at; the rest stands under "Advanced". */
  readonly essential: boolean;
  readonly min?: number;
  readonly max?: number;
}

export type FieldGroup = 'networks' | 'losses' | 'history' | 'algorithm' | 'optimizer' | 'record' | 'guards';

type Text = Pick<FieldDescription, 'label' | 'help' | 'group'> &
  Partial<Pick<FieldDescription, 'unit' | 'paper' | 'essential'>>;

const descriptions = z.registry<FieldDescription>();

function describe<Schema extends z.ZodType>(
  schema: Schema,
  text: Text,
  range: Partial<Pick<FieldDescription, 'min' | 'max'>> = {},
): Schema {
  descriptions.add(schema, { unit: '', paper: '', essential: false, ...text, ...range });
  return schema;
}

const integer = (min: number, max: number, text: Text) =>
  describe(z.int().min(min).max(max), text, { min, max });

const number = (min: number, max: number, text: Text) =>
  describe(z.number().min(min).max(max), text, { min, max });

const choice = <const Values extends readonly [string, ...string[]]>(values: Values, text: Text) =>
  describe(z.enum(values), text);

const flag = (text: Text) => describe(z.boolean(), text);

/**
 * The discriminator's layers in words, from the image on: `3x3/2:96` is a convolution of 3×3, stride 2, with 96 feature
 * maps and a ReLU; `pool3x3/1` a maximum over 3×3 with stride 1. The last convolution to two maps is always there
 * and is not written. Sides and strides have at most two digits, feature maps at most four; none is 0.
 */
const LAYER_PATTERN = /^(?:pool([1-9]\d?)x\1\/([1-9]\d?)|([1-9]\d?)x\3(?:\/([1-9]\d?))?:([1-9]\d{0,3}))$/;

export type DiscriminatorLayer =
  | {
      readonly kind: 'convolution';
      readonly kernelPx: number;
      readonly stride: number;
      readonly features: number;
    }
  | { readonly kind: 'max-pool'; readonly kernelPx: number; readonly stride: number };

/** Reads a text of layers (see `discriminatorLayers`); the text has passed the schema. */
export function parseDiscriminatorLayers(text: string): DiscriminatorLayer[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const match = LAYER_PATTERN.exec(word);
      if (!match) throw new RangeError(`"${word}" is no layer; write 3x3/2:96 or pool3x3/2.`);
      return match[1]
        ? { kind: 'max-pool', kernelPx: Number(match[1]), stride: Number(match[2]) }
        : {
            kind: 'convolution',
            kernelPx: Number(match[3]),
            stride: Number(match[4] ?? 1),
            features: Number(match[5]),
          };
    });
}

const discriminatorLayers = z
  .string()
  .refine(
    (text) =>
      text
        .trim()
        .split(/\s+/)
        .every((word) => LAYER_PATTERN.test(word)),
    {
      error: 'write layers as 3x3/2:96 (kernel/stride:features) or pool3x3/2, with spaces between',
      abort: true,
    },
  )
  .refine((text) => parseDiscriminatorLayers(text).every(({ stride, kernelPx }) => stride <= kernelPx), {
    error: 'a stride larger than its kernel leaves pixels out',
  });

const even = (text: Text, max: number) =>
  describe(
    z.int().min(2).max(max).multipleOf(2, { error: 'must be even: the buffer gives one half' }),
    text,
    {
      min: 2,
      max,
    },
  );

/**
 * Everything that defines a training run, apart from its two data sets. Command line, file and form are made from
 * this schema. Symbols and "paper" values are those of Shrivastava et al. 2016 (arXiv 1612.07828v1).
 */
export const trainingConfigSchema = z
  .strictObject({
    seed: integer(0, 2 ** 31 - 1, {
      label: 'Seed',
      help: 'Start of every random choice: the same seed gives the same run.',
      group: 'algorithm',
    }),
    widthPx: integer(8, 1024, {
      label: 'Width',
      unit: 'px',
      help: 'Width at which images are trained and refined.',
      paper: '55 (eyes), 224 (hands)',
      group: 'networks',
    }),
    heightPx: integer(8, 1024, {
      label: 'Height',
      unit: 'px',
      help: 'Height at which images are trained and refined.',
      paper: '35 (eyes), 224 (hands)',
      group: 'networks',
    }),
    channels: describe(z.union([z.literal(1), z.literal(3)]), {
      label: 'Channels',
      help: '1 for grey or depth, 3 for colour.',
      paper: '1',
      group: 'networks',
    }),
    refinerFeatures: integer(1, 512, {
      label: 'Refiner features',
      unit: 'maps',
      help: 'Feature maps of every refiner layer; time grows with the square.',
      paper: '64',
      group: 'networks',
    }),
    refinerBlocks: integer(1, 64, {
      label: 'Refiner blocks',
      unit: 'blocks',
      help: 'ResNet blocks of two convolutions each; time grows in proportion.',
      paper: '4 (eyes), 10 (hands)',
      group: 'networks',
    }),
    refinerKernelPx: describe(
      z.union([z.literal(3), z.literal(5), z.literal(7)]),
      {
        label: 'Refiner kernel',
        unit: 'px',
        help: 'Side of the refiner’s filters.',
        paper: '3 (eyes), 7 (hands)',
        group: 'networks',
      },
      { min: 3, max: 7 },
    ),
    refinerStart: choice(['random', 'identity'], {
      label: 'Refiner start',
      help: 'random: learns to copy its input first, as in the paper. identity: the input is added before tanh, so that it starts as a copy.',
      paper: 'random',
      group: 'networks',
    }),
    discriminatorLayers: describe(discriminatorLayers, {
      label: 'Discriminator layers',
      help: 'Layers before the last one: 3x3/2:96 is a convolution (kernel/stride:features), pool3x3/1 a max-pooling.',
      paper: '3x3/2:96 3x3/2:64 pool3x3/1 3x3:32 1x1:32 (eyes)',
      group: 'networks',
    }),
    discriminatorPadding: choice(['same', 'valid'], {
      label: 'Discriminator padding',
      help: 'same keeps patches that reach over the border; valid drops them.',
      paper: 'not stated',
      group: 'networks',
    }),
    adversarialLoss: choice(['local', 'global'], {
      label: 'Adversarial loss',
      help: 'local judges every patch by itself; global judges the whole image at once (the paper’s ablation).',
      paper: 'local',
      group: 'losses',
    }),
    lossReduction: choice(['mean', 'sum'], {
      label: 'Loss reduction',
      help: 'mean over patches and over pixels, so that λ does not depend on the image size; sum over both, as the paper writes it. Always the mean over the batch.',
      paper: 'sum',
      group: 'losses',
    }),
    lambda: number(0, 1000, {
      label: 'λ',
      help: 'Weight of self-regularization: higher keeps the refined image closer to the synthetic one.',
      paper: 'not stated',
      group: 'losses',
      essential: true,
    }),
    psi: choice(['identity', 'derivatives', 'channel-mean'], {
      label: 'ψ',
      help: 'What self-regularization compares: the pixels, their horizontal and vertical differences, or the mean of the colour channels.',
      paper: 'identity',
      group: 'losses',
    }),
    history: flag({
      label: 'History buffer',
      help: 'Shows the discriminator earlier refined images as well (off is the paper’s ablation).',
      paper: 'on',
      group: 'history',
    }),
    historyCapacity: integer(2, 1_000_000, {
      label: 'History capacity B',
      unit: 'images',
      help: 'Refined images kept for the discriminator; memory is one byte per pixel (two for depth).',
      paper: 'fixed, not stated',
      group: 'history',
      essential: true,
    }),
    steps: integer(1, 100_000_000, {
      label: 'Steps T',
      unit: 'steps',
      help: 'Iterations of Algorithm 1 after pre-training.',
      paper: 'until the validation error converges',
      group: 'algorithm',
      essential: true,
    }),
    kg: integer(1, 1000, {
      label: 'K_g',
      unit: 'updates',
      help: 'Refiner updates per step.',
      paper: '50 (text: 2) for eyes, 2 for hands',
      group: 'algorithm',
      essential: true,
    }),
    kd: integer(1, 1000, {
      label: 'K_d',
      unit: 'updates',
      help: 'Discriminator updates per step.',
      paper: '1',
      group: 'algorithm',
      essential: true,
    }),
    batchSize: even(
      {
        label: 'Batch size b',
        unit: 'images',
        help: 'Images per update; half of the refined ones the discriminator sees come from the history buffer.',
        paper: '512',
        group: 'algorithm',
        essential: true,
      },
      8192,
    ),
    refinerPretrainSteps: integer(0, 1_000_000, {
      label: 'Refiner pre-training',
      unit: 'steps',
      help: 'Refiner updates with self-regularization alone, before the discriminator exists for it.',
      paper: '1,000 (eyes), 500 (hands)',
      group: 'algorithm',
    }),
    discriminatorPretrainSteps: integer(0, 1_000_000, {
      label: 'Discriminator pre-training',
      unit: 'steps',
      help: 'Discriminator updates against the pre-trained refiner, before Algorithm 1 starts.',
      paper: '200',
      group: 'algorithm',
    }),
    optimizer: choice(['sgd', 'momentum', 'adam'], {
      label: 'Optimizer',
      help: 'sgd: plain steps as in the paper; momentum 0.9; adam (β₁ 0.5, β₂ 0.999) needs far fewer steps.',
      paper: 'sgd',
      group: 'optimizer',
      essential: true,
    }),
    refinerLearningRate: number(1e-9, 10, {
      label: 'Refiner learning rate',
      help: 'Step size of the refiner.',
      paper: '0.001 (eyes), 0.0002 (hands)',
      group: 'optimizer',
      essential: true,
    }),
    discriminatorLearningRate: number(1e-9, 10, {
      label: 'Discriminator learning rate',
      help: 'Step size of the discriminator.',
      paper: '0.001 (eyes), 0.0002 (hands)',
      group: 'optimizer',
      essential: true,
    }),
    learningRateDropStep: integer(0, 100_000_000, {
      label: 'Learning rate drop',
      unit: 'steps',
      help: 'Step after which both rates are multiplied by the drop factor; 0 keeps them constant.',
      paper: 'constant (eyes), 600,000 (hands)',
      group: 'optimizer',
    }),
    learningRateDropFactor: number(1e-6, 1, {
      label: 'Learning rate drop factor',
      help: 'What both rates are multiplied by at the drop.',
      paper: '0.25 (hands)',
      group: 'optimizer',
    }),
    metricsEvery: integer(1, 100_000, {
      label: 'Metrics every',
      unit: 'steps',
      help: 'How often losses and measures are read back and recorded.',
      group: 'record',
    }),
    previewEvery: integer(1, 10_000_000, {
      label: 'Preview every',
      unit: 'steps',
      help: 'How often the fixed strip of samples is refined and kept.',
      group: 'record',
    }),
    previewSamples: integer(1, 256, {
      label: 'Preview samples',
      unit: 'images',
      help: 'Samples in the strip.',
      group: 'record',
    }),
    checkpointEvery: integer(1, 10_000_000, {
      label: 'Checkpoint every',
      unit: 'steps',
      help: 'How often the whole state is saved.',
      group: 'record',
    }),
    evaluationEvery: integer(0, 10_000_000, {
      label: 'Evaluation every',
      unit: 'steps',
      help: 'How often labels and realism are measured on images kept aside, and the best checkpoint is ranked; 0 for never.',
      group: 'record',
    }),
    stopAfterWorse: integer(0, 1000, {
      label: 'Stop after',
      unit: 'evaluations',
      help: 'Ends training after this many evaluations without a better checkpoint; 0 trains all steps.',
      group: 'record',
    }),
    guardPatience: integer(1, 1_000_000, {
      label: 'Guard patience',
      unit: 'steps',
      help: 'Steps for which a condition must hold before a guard speaks.',
      group: 'guards',
    }),
    guardLeastChange: number(0, 255, {
      label: 'Least change',
      unit: 'grey levels',
      help: 'Warns that the refiner does nothing when its mean change stays below; 0 turns the guard off.',
      paper: 'eyes change by 33, hands by 1.2',
      group: 'guards',
    }),
    guardSaturation: number(0.5, 1, {
      label: 'Saturation',
      unit: 'share of patches',
      help: 'Warns that the discriminator has won when it stays right on more than this; 1 turns the guard off.',
      group: 'guards',
    }),
    guardBeaten: number(0, 0.5, {
      label: 'Beaten',
      unit: 'share of patches',
      help: 'Warns that the discriminator has lost when it stays right on less than this; 0 turns the guard off.',
      group: 'guards',
    }),
    guardDiversity: number(0, 1, {
      label: 'Least diversity',
      unit: 'share of the synthetic spread',
      help: 'Stops when refined images differ less from each other than this; 0 turns the guard off.',
      group: 'guards',
    }),
    guardInversion: flag({
      label: 'Inversion',
      help: 'Stops when refined images turn into negatives of their input.',
      group: 'guards',
    }),
    driftBudget: number(0, 100, {
      label: 'Drift budget',
      unit: 'px',
      help: 'Stops and goes back when the 95th percentile of label drift stays above, or labels cannot be followed; 0 turns both guards off.',
      paper: 'about 1 px for pupils, from memory',
      group: 'guards',
    }),
  })
  .refine((config) => config.historyCapacity >= config.batchSize / 2, {
    path: ['historyCapacity'],
    error: 'must hold at least half a batch',
  });

export type TrainingConfig = z.infer<typeof trainingConfigSchema>;
export type TrainingConfigKey = keyof TrainingConfig;

/** All fields in the order of the schema. */
export const trainingConfigKeys = Object.keys(trainingConfigSchema.shape) as TrainingConfigKey[];

/** The description of one field. */
export function describeField(key: TrainingConfigKey): FieldDescription {
  const description = descriptions.get(trainingConfigSchema.shape[key]);
  if (!description) throw new Error(`The field ${key} has no description.`);
  return description;
}
