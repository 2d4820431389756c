import { z } from 'zod';
import type { LiveSettings } from '../contract/training-command.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import type { LatestMetrics } from './health.ts';
import { lostLabels } from './label-state.ts';

const guardNameSchema = z.enum([
  'no-change',
  'discriminator-won',
  'discriminator-lost',
  'diversity-collapse',
  'inversion',
  'label-drift',
  'labels-lost',
]);

export type GuardName = z.infer<typeof guardNameSchema>;

/** What guards whose condition holds have seen of it so far; a checkpoint keeps it, or patience would start anew. */
export const guardStateSchema = z.array(
  z.strictObject({
    guard: guardNameSchema,
    /** Of the first reading at which it held. */
    step: z.int(),
    readings: z.int().min(1),
    said: z.boolean(),
  }),
);

type GuardState = z.infer<typeof guardStateSchema>;

/** A change of the configuration that may help, for a button or a command line. */
export interface Remedy {
  readonly text: string;
  readonly changes: Readonly<LiveSettings>;
}

/** What a guard has seen, in words a user reads. */
export interface GuardFinding {
  readonly guard: GuardName;
  /** warn: goes on. stop: a checkpoint is saved and the run ends. rewind: the run ends at its last good checkpoint. */
  readonly action: 'warn' | 'stop' | 'rewind';
  readonly message: string;
  readonly remedies: readonly Remedy[];
}

/** Watches the metrics of a run. A guard speaks once, and again only after its condition has gone. */
export interface Guards {
  /** Metrics measured at this step; a guard whose own are not among them waits. */
  observe(step: number, metrics: LatestMetrics): GuardFinding[];
  /** For a checkpoint. A guard that has ended the run is not in it: whoever goes on has it watch afresh. */
  state(): GuardState;
}

interface Rule {
  readonly guard: GuardName;
  readonly action: GuardFinding['action'];
  /** Metrics that must all be there for a judgement. */
  readonly needs: readonly string[];
  readonly isOff: (config: TrainingConfig) => boolean;
  readonly holds: (values: readonly number[], config: TrainingConfig, metrics: LatestMetrics) => boolean;
  readonly describe: (values: readonly number[], config: TrainingConfig, effectiveLambda: number) => string;
  readonly remedies: (config: TrainingConfig, values: readonly number[]) => Remedy[];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const accuracy = ([real, refined]: readonly number[]): number => (real + refined) / 2;
const rounded = (value: number): number => Number(value.toPrecision(2));

const lowerLambda = ({ lambda }: TrainingConfig, divisor = 4): Remedy[] =>
  lambda === 0
    ? []
    : [{ text: `lower λ to ${rounded(lambda / divisor)}`, changes: { lambda: rounded(lambda / divisor) } }];
const raiseLambda = ({ lambda }: TrainingConfig): Remedy => {
  const more = lambda === 0 ? 0.1 : Math.min(1000, rounded(lambda * 3));
  return { text: `raise λ to ${more}`, changes: { lambda: more } };
};
const slowDiscriminator = (config: TrainingConfig): Remedy => ({
  text: `lower the discriminator's learning rate to ${rounded(config.discriminatorLearningRate / 3)}`,
  changes: { discriminatorLearningRate: rounded(config.discriminatorLearningRate / 3) },
});
const moreRefinerUpdates = ({ kg }: TrainingConfig): Remedy[] =>
  kg > 500 ? [] : [{ text: `raise K_g to ${kg * 2}`, changes: { kg: kg * 2 } }];
const fewerRefinerUpdates = (config: TrainingConfig): Remedy[] =>
  config.kg > 1
    ? [{ text: `lower K_g to ${Math.ceil(config.kg / 2)}`, changes: { kg: Math.ceil(config.kg / 2) } }]
    : [
        {
          text: `lower the refiner's learning rate to ${rounded(config.refinerLearningRate / 3)}`,
          changes: { refinerLearningRate: rounded(config.refinerLearningRate / 3) },
        },
      ];
const compareDerivatives = (config: TrainingConfig): Remedy[] =>
  config.psi === 'derivatives'
    ? []
    : [{ text: 'compare image derivatives (ψ) instead of pixels', changes: { psi: 'derivatives' } }];

const keepLabels = (config: TrainingConfig): Remedy[] => [
  raiseLambda(config),
  ...fewerRefinerUpdates(config),
  ...compareDerivatives(config),
];

const RULES: readonly Rule[] = [
  {
    guard: 'no-change',
    action: 'warn',
    needs: ['refiner.change'],
    isOff: ({ guardLeastChange }) => guardLeastChange === 0,
    holds: ([change], { guardLeastChange }) => change < guardLeastChange,
    describe: ([change], { guardLeastChange }, lambda) =>
      `The refiner hardly changes its input: ${change.toFixed(2)} grey levels, below ${guardLeastChange}. Self-regularization weighs ${rounded(lambda)} times the realism loss.`,
    // The further from what an eye sees, the bolder.
    remedies: (config, [change]) => [
      ...lowerLambda(config, rounded(Math.min(100, Math.max(4, config.guardLeastChange / change)))),
      ...moreRefinerUpdates(config),
    ],
  },
  {
    guard: 'discriminator-won',
    action: 'warn',
    needs: ['discriminator.accuracyReal', 'discriminator.accuracyRefined'],
    isOff: ({ guardSaturation }) => guardSaturation === 1,
    holds: (values, { guardSaturation }) => accuracy(values) > guardSaturation,
    describe: (values) =>
      `The discriminator has won: it knows ${percent(accuracy(values))} of all patches, and the refiner learns little from it.`,
    remedies: (config) => [slowDiscriminator(config), ...moreRefinerUpdates(config), ...lowerLambda(config)],
  },
  {
    guard: 'discriminator-lost',
    action: 'warn',
    needs: ['discriminator.accuracyReal', 'discriminator.accuracyRefined'],
    isOff: ({ guardBeaten }) => guardBeaten === 0,
    holds: (values, { guardBeaten }) => accuracy(values) < guardBeaten,
    describe: (values) =>
      `The discriminator has lost: it is right on ${percent(accuracy(values))} of all patches, less than a coin, so the refiner follows noise.`,
    remedies: (config) => [
      ...fewerRefinerUpdates(config),
      { text: `raise K_d to ${config.kd + 1}`, changes: { kd: config.kd + 1 } },
    ],
  },
  {
    guard: 'diversity-collapse',
    action: 'stop',
    needs: ['realism.diversity'],
    isOff: ({ guardDiversity }) => guardDiversity === 0,
    holds: ([diversity], { guardDiversity }) => diversity < guardDiversity,
    describe: ([diversity]) =>
      `Refined images have become alike: they differ from each other by ${percent(diversity)} of what the synthetic ones do.`,
    remedies: (config) => [raiseLambda(config), ...fewerRefinerUpdates(config)],
  },
  {
    guard: 'inversion',
    action: 'stop',
    needs: ['realism.contrastCorrelation'],
    isOff: ({ guardInversion }) => !guardInversion,
    holds: ([correlation]) => correlation < 0,
    describe: ([correlation]) =>
      `Refined images ${correlation > -0.2 ? 'have lost their input' : 'are negatives of their input'}: the two correlate by ${correlation.toFixed(2)}; the same picture would by 1.`,
    remedies: (config) => [raiseLambda(config)],
  },
  {
    guard: 'label-drift',
    action: 'rewind',
    needs: ['labels.driftP95'],
    isOff: ({ driftBudget }) => driftBudget === 0,
    holds: ([drift], { driftBudget }) => drift > driftBudget,
    describe: ([drift], { driftBudget }) =>
      `Labels drift: 5 % of the images moved by more than ${drift.toFixed(1)} px, over the budget of ${driftBudget}.`,
    remedies: keepLabels,
  },
  {
    guard: 'labels-lost',
    action: 'rewind',
    needs: ['labels.displacementLost'],
    isOff: ({ driftBudget }) => driftBudget === 0,
    holds: (_values, _config, metrics) => lostLabels(metrics) !== undefined,
    describe: ([lost]) =>
      `Labels cannot be followed any more: in ${percent(lost)} of the images what was there is not found again.`,
    remedies: keepLabels,
  },
];

/**
 * The guards of a run. Each looks at measured metrics and speaks when its condition has held for the config's patience
 * (those that look at evaluations: at two of them in a row), so that a single bad reading stops nothing.
 *
 * @param restored what a checkpoint kept
 */
export function createGuards(
  config: () => TrainingConfig,
  effectiveLambda: () => number,
  restored: GuardState = [],
): Guards {
  const since = new Map(restored.map(({ guard, ...state }) => [guard, state] as const));
  return {
    observe(step, metrics) {
      const now = config();
      return RULES.flatMap((rule): GuardFinding[] => {
        const values = rule.needs.map((name) => metrics[name]);
        if (rule.isOff(now) || !values.every((value) => value !== undefined)) return [];
        if (!rule.holds(values, now, metrics)) {
          since.delete(rule.guard);
          return [];
        }
        const state = since.get(rule.guard) ?? { step, readings: 0, said: false };
        state.readings += 1;
        since.set(rule.guard, state);
        const patient = rule.action === 'warn' ? step - state.step >= now.guardPatience : state.readings >= 2;
        if (state.said || !patient) return [];
        state.said = true;
        const { guard, action } = rule;
        return [
          {
            guard,
            action,
            message: rule.describe(values, now, effectiveLambda()),
            remedies: rule.remedies(now, values),
          },
        ];
      });
    },
    state: () =>
      RULES.flatMap(({ guard, action }): GuardState => {
        const state = since.get(guard);
        return state && !(state.said && action !== 'warn') ? [{ guard, ...state }] : [];
      }),
  };
}
