import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { createKernelDistance, fitFeatureScale, type Features } from './kernel-distance.ts';

function normal(count: number, width: number, seed: number, shift = 0): Features {
  const random = createRandom(seed, 'features');
  return {
    values: Float32Array.from({ length: count * width }, () => shift + random.normal()),
    count,
    width,
  };
}

async function distance(left: Features, right: Features): Promise<number> {
  return (await createKernelDistance(right))(left);
}

describe('kernel distance', () => {
  it('is the mean over pairs that Bińkowski et al. 2018 define, reckoned by hand', async () => {
    const left = { values: Float32Array.from([1, 0, 0, 2]), count: 2, width: 2 };
    const right = { values: Float32Array.from([1, 1, -1, 0]), count: 2, width: 2 };
    // Within left: (0/2 + 1)³ = 1. Within right: (−1/2 + 1)³ = 1/8. Across: 1.5³, 0.5³, 2³ and 1³.
    const across = (3.375 + 0.125 + 8 + 1) / 4;
    expect(await distance(left, right)).toBeCloseTo(1 + 0.125 - 2 * across, 12);
    expect(await distance(right, left)).toBeCloseTo(1 + 0.125 - 2 * across, 12);
  });

  it('is 0 on average for two samples of one distribution, and grows with their difference', async () => {
    const same: number[] = [];
    for (let seed = 0; seed < 40; seed++)
      same.push(await distance(normal(30, 6, seed), normal(30, 6, seed + 100)));
    const mean = same.reduce((sum, value) => sum + value, 0) / same.length;
    const deviation = Math.sqrt(
      same.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (same.length - 1),
    );
    expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(same.length));
    expect(Math.min(...same)).toBeLessThan(0);
    const reference = normal(200, 6, 1);
    const away = [];
    for (const shift of [0, 0.3, 0.6, 1]) away.push(await distance(normal(200, 6, 2, shift), reference));
    expect(away).toEqual(away.toSorted((left, right) => left - right));
    expect(away[3]).toBeGreaterThan(1);
  });

  it('refuses a set without pairs and features of another network, and stops when asked', async () => {
    await expect(createKernelDistance(normal(1, 3, 1))).rejects.toThrow(RangeError);
    const measure = await createKernelDistance(normal(4, 3, 1));
    await expect(measure(normal(4, 2, 1))).rejects.toThrow(RangeError);
    await expect(measure(normal(100, 3, 1), AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('feature scale', () => {
  it('brings the sets together to mean 0 and deviation 1, and leaves numbers that never change finite', () => {
    const random = createRandom(1);
    const draw = (count: number): Features => ({
      values: Float32Array.from(
        { length: 3 * count },
        (_, place) => [50 * random.normal(), 1 + random.uniform(), 7][place % 3],
      ),
      count,
      width: 3,
    });
    const sets = [draw(40), draw(60)];
    const scale = fitFeatureScale(sets);
    const rows = sets.flatMap((set) => [...scale(set).values]);
    for (const column of [0, 1]) {
      const values = rows.filter((_, place) => place % 3 === column);
      const mean = values.reduce((sum, value) => sum + value, 0) / 100;
      expect(mean).toBeCloseTo(0, 5);
      expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 100).toBeCloseTo(1, 5);
    }
    expect(rows.filter((_, place) => place % 3 === 2).every((value) => Math.abs(value) < 1e-6)).toBe(true);
  });
});
