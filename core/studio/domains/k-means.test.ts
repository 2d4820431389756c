import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { kMeans } from './k-means.ts';

test('heaps that lie apart are told apart, the largest is the first', () => {
  const random = createRandom(3);
  const heaps = [
    { at: [0, 0], count: 40 },
    { at: [10, 0], count: 30 },
    { at: [0, 10], count: 20 },
  ];
  const rows = heaps.flatMap(({ at, count }) =>
    Array.from({ length: count }, () => at.map((value) => value + random.normal())),
  );
  const truth = heaps.flatMap(({ count }, heap) => Array.from({ length: count }, () => heap));
  expect(kMeans(rows, 3, createRandom(1))).toEqual(truth);
});

test('equal seeds give equal clusters; every row is nearest to the mean of its own', () => {
  const row = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }));
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      (rows, clusters) => {
        const found = kMeans(rows, clusters, createRandom(5));
        expect(kMeans(rows, clusters, createRandom(5))).toEqual(found);
        expect(Math.max(...found)).toBeLessThan(clusters);
        const means = [...new Set(found)].map((cluster) => {
          const own = rows.filter((_, at) => found[at] === cluster);
          return {
            cluster,
            mean: [0, 1].map((axis) => own.reduce((sum, one) => sum + one[axis], 0) / own.length),
          };
        });
        const distance = (one: readonly number[], mean: readonly number[]): number =>
          one.reduce((sum, value, axis) => sum + (value - mean[axis]) ** 2, 0);
        rows.forEach((one, at) => {
          const own = means.find(({ cluster }) => cluster === found[at])?.mean ?? [];
          for (const { mean } of means)
            expect(distance(one, own)).toBeLessThanOrEqual(distance(one, mean) + 1e-9);
        });
      },
    ),
  );
});

test('fewer different rows than clusters, and none at all', () => {
  expect(kMeans([[1], [1], [2]], 8, createRandom(1))).toEqual([0, 0, 1]);
  expect(kMeans([], 8, createRandom(1))).toEqual([]);
});
