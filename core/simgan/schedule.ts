import type { TrainingConfig } from '../contract/training-config.ts';

export type Phase = 'refiner-pretraining' | 'discriminator-pretraining' | 'adversarial';

/**
 * Where a run stands. A run is a line of `totalPositions` pieces of work: the pre-training updates of the refiner, those
 * of the discriminator, then the steps of Algorithm 1. Steps are what people read: 1…T for Algorithm 1, and 0, −1, …
 * back in time for pre-training, so that the axis is one.
 */
export interface Place {
  readonly phase: Phase;
  readonly step: number;
}

type ScheduleConfig = Pick<TrainingConfig, 'refinerPretrainSteps' | 'discriminatorPretrainSteps' | 'steps'>;

export function totalPositions(config: ScheduleConfig): number {
  return pretraining(config) + config.steps;
}

/** The place of the work at `position`, counted from 0. */
export function placeAt(config: ScheduleConfig, position: number): Place {
  const step = position + 1 - pretraining(config);
  if (step > 0) return { phase: 'adversarial', step };
  return {
    phase: position < config.refinerPretrainSteps ? 'refiner-pretraining' : 'discriminator-pretraining',
    step,
  };
}

/** The step of the last finished work when `position` pieces of work are done. */
export function stepAfter(config: ScheduleConfig, position: number): number {
  return position - pretraining(config);
}

/** Factor on both learning rates at a step of Algorithm 1: 1, and the drop factor after the drop step. */
export function learningRateFactor(
  config: Pick<TrainingConfig, 'learningRateDropStep' | 'learningRateDropFactor'>,
  step: number,
): number {
  const { learningRateDropStep: drop, learningRateDropFactor: factor } = config;
  return drop > 0 && step > drop ? factor : 1;
}

function pretraining(config: ScheduleConfig): number {
  return config.refinerPretrainSteps + config.discriminatorPretrainSteps;
}
