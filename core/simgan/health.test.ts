import { describe, expect, test } from 'vitest';
import { describeHealth, type LatestMetrics } from './health.ts';

describe('health in words', () => {
  const say = (latest: LatestMetrics, earlier: LatestMetrics = {}, driftBudget = 5): string =>
    describeHealth({ latest, earlier, driftBudget });

  test('says everything that is measured in one sentence', () => {
    const latest = {
      'realism.kernelDistance': 0.2,
      'labels.driftP95': 1.84,
      'refiner.change': 33,
      'refiner.contrast': 66,
      'discriminator.accuracyReal': 0.8,
      'discriminator.accuracyRefined': 0.62,
    };
    expect(say(latest, { 'realism.kernelDistance': 0.4 })).toBe(
      'Realism rising, labels hold (95 % within 1.8 of 5); the refiner changes 33.0 grey levels, 50 % of the contrast; the discriminator leads 71/29.',
    );
  });

  test.each([
    [{}, 'Nothing is measured yet.'],
    [{ 'refiner.change': 12.34 }, 'The refiner changes 12.3 grey levels.'],
    [
      { 'refiner.change': 125.7, 'refiner.contrast': 0.016 },
      'The refiner changes 125.7 grey levels and leaves no contrast.',
    ],
    [{ 'refiner.change': 0.4 }, 'The refiner changes next to nothing (0.4 grey levels).'],
    [{ 'labels.driftP95': 0 }, 'Labels hold (no drift beyond what is read where nothing moved).'],
    [{ 'labels.driftP95': 7 }, 'Labels drift (95 % only within 7.0, budget 5).'],
    [{ 'labels.driftP95': 1, 'labels.displacementLost': 0.05 }, 'Labels hold (95 % within 1.0 of 5).'],
    [
      { 'labels.driftP95': 1, 'labels.displacementLost': 0.1 },
      'Labels hold in 90 % of the images (95 % of these within 1.0 of 5), in the others they cannot be followed.',
    ],
    [
      { 'labels.driftP95': 1, 'labels.displacementLost': 0.6 },
      'Labels cannot be followed any more in 60 % of the images.',
    ],
    [
      { 'labels.driftP95': 1, 'labels.displacementLost': 0.6, 'labels.noiseFloor': 0.4 },
      'Labels hold (95 % within 1.0 of 5).',
    ],
    [
      { 'discriminator.accuracyReal': 1, 'discriminator.accuracyRefined': 0.99 },
      'The discriminator has won 100/0.',
    ],
    [
      { 'discriminator.accuracyReal': 0.3, 'discriminator.accuracyRefined': 0.4 },
      'The discriminator is fooled 35/65.',
    ],
    [
      { 'discriminator.accuracyReal': 0.6, 'discriminator.accuracyRefined': 0.42 },
      'Discriminator and refiner are level 51/49.',
    ],
  ])('%j', (latest, sentence) => {
    expect(say(latest)).toBe(sentence);
  });

  test.each([
    [0.1, 0.2, 'Realism rising.'],
    [0.2, 0.205, 'Realism steady.'],
    [0.215, 0.2, 'Realism falling.'],
  ])('a kernel distance of %d after %d: %s', (now, before, words) => {
    expect(say({ 'realism.kernelDistance': now }, { 'realism.kernelDistance': before })).toBe(words);
  });

  test.each([
    [10, 20, 'Tones come closer to the real ones; the refiner changes 5.0 grey levels.'],
    [20, 20.5, 'Tones as close to the real ones as before; the refiner changes 5.0 grey levels.'],
    [21.5, 20, 'Tones move away from the real ones; the refiner changes 5.0 grey levels.'],
  ])('without an evaluation, a histogram distance of %d after %d: %s', (now, before, words) => {
    const metric = 'refiner.histogramDistance';
    expect(say({ [metric]: now, 'refiner.change': 5 }, { [metric]: before })).toBe(words);
  });

  test('a refiner that still copies its input has no realism of its own', () => {
    const metric = 'refiner.histogramDistance';
    expect(say({ [metric]: 9 }, { [metric]: 9 })).toBe('Nothing is measured yet.');
    expect(say({ [metric]: 9, 'refiner.change': 0.4 }, { [metric]: 9 })).toBe(
      'The refiner changes next to nothing (0.4 grey levels).',
    );
  });

  test('says when refined images look less real than what they are made of', () => {
    expect(say({ 'realism.kernelDistance': 3, 'realism.gain': -0.5 }, { 'realism.kernelDistance': 4 })).toBe(
      'Realism rising (below that of the unrefined images).',
    );
  });

  test('without a budget drift is only told', () => {
    expect(say({ 'labels.driftP95': 7 }, {}, 0)).toBe('95 % of labels within 7.0.');
  });
});
