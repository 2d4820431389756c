import { describe, expect, it } from 'vitest';
import { createRandom, restoreRandom } from './random.ts';

describe('random', () => {
  it('repeats for a seed and differs between streams', () => {
    const draw = (...stream: string[]): number[] => {
      const random = createRandom(7, ...stream);
      return Array.from({ length: 8 }, () => random.uniform());
    };
    expect(draw('data')).toEqual(draw('data'));
    expect(draw('data')).not.toEqual(draw('weights'));
  });

  it('goes on from a saved state as if never interrupted', () => {
    const random = createRandom(1);
    for (let index = 0; index < 100; index++) random.normal();
    const twin = restoreRandom(random.state());
    expect(Array.from({ length: 50 }, () => twin.normal())).toEqual(
      Array.from({ length: 50 }, () => random.normal()),
    );
  });

  it('is uniform and normal to within sampling error', () => {
    const random = createRandom(3);
    const count = 100_000;
    let sum = 0;
    let sumOfSquares = 0;
    let uniformSum = 0;
    for (let index = 0; index < count; index++) {
      const value = random.normal();
      sum += value;
      sumOfSquares += value * value;
      uniformSum += random.uniform();
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.015);
    expect(Math.abs(sumOfSquares / count - 1)).toBeLessThan(0.02);
    expect(Math.abs(uniformSum / count - 0.5)).toBeLessThan(0.005);
  });

  it('shuffles to a permutation', () => {
    const values = createRandom(5).shuffle(Uint32Array.from({ length: 1000 }, (_, index) => index));
    expect([...values].sort((left, right) => left - right)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });
});
