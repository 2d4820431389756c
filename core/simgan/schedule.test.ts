import { describe, expect, test } from 'vitest';
import { learningRateFactor, placeAt, stepAfter, totalPositions } from './schedule.ts';

const config = { refinerPretrainSteps: 2, discriminatorPretrainSteps: 3, steps: 2 };

describe('schedule', () => {
  test('goes from pre-training of R over that of D to the steps of Algorithm 1, on one axis of steps', () => {
    const places = Array.from({ length: totalPositions(config) }, (_, position) => placeAt(config, position));
    expect(places).toEqual([
      { phase: 'refiner-pretraining', step: -4 },
      { phase: 'refiner-pretraining', step: -3 },
      { phase: 'discriminator-pretraining', step: -2 },
      { phase: 'discriminator-pretraining', step: -1 },
      { phase: 'discriminator-pretraining', step: 0 },
      { phase: 'adversarial', step: 1 },
      { phase: 'adversarial', step: 2 },
    ]);
    places.forEach(({ step }, position) => expect(stepAfter(config, position + 1)).toBe(step));
    expect(stepAfter(config, 0)).toBe(-5);
  });

  test('starts with step 1 where nothing is pre-trained', () => {
    const bare = { refinerPretrainSteps: 0, discriminatorPretrainSteps: 0, steps: 3 };
    expect(totalPositions(bare)).toBe(3);
    expect(placeAt(bare, 0)).toEqual({ phase: 'adversarial', step: 1 });
    expect(stepAfter(bare, 0)).toBe(0);
  });

  test('the learning rate drops after its step and not before, or never', () => {
    const hand = { learningRateDropStep: 600_000, learningRateDropFactor: 0.25 };
    expect([-5, 0, 1, 600_000, 600_001].map((step) => learningRateFactor(hand, step))).toEqual([
      1, 1, 1, 1, 0.25,
    ]);
    expect(learningRateFactor({ ...hand, learningRateDropStep: 0 }, 1_000_000)).toBe(1);
  });
});
