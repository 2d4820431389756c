import { describe, expect, test } from 'vitest';
import { describeHealth } from './health.ts';

describe('health in words', () => {
  const metrics = (change: number, real: number, refined: number) => ({
    'refiner.change': change,
    'discriminator.accuracyReal': real,
    'discriminator.accuracyRefined': refined,
  });

  test.each([
    [{}, 'Nothing is measured yet.'],
    [{ 'refiner.change': 12.34 }, 'The refiner changes images by 12.3 grey levels.'],
    [
      metrics(0.4, 0.7, 0.6),
      'The refiner changes next to nothing (0.4 grey levels): lower λ, or train longer. The discriminator knows 70 % of real and 60 % of refined patches.',
    ],
    [
      metrics(20, 1, 0.99),
      'The refiner changes images by 20.0 grey levels. The discriminator knows 100 % of real and 99 % of refined patches: it has won, and the refiner learns little from it.',
    ],
    [
      metrics(20, 0.3, 0.5),
      'The refiner changes images by 20.0 grey levels. The discriminator is fooled: it knows 30 % of real and 50 % of refined patches.',
    ],
  ])('%j', (values, sentence) => {
    expect(describeHealth(values)).toBe(sentence);
  });
});
