import fc from 'fast-check';
import { expect, test } from 'vitest';
import { downSample, type Point } from './down-sample.ts';

const series = fc
  .array(
    fc.oneof({ weight: 20, arbitrary: fc.double() }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
    {
      maxLength: 400,
    },
  )
  .map((values) => values.map((value, step): Point => [step, value]));

test('a short series is kept as it is', () => {
  const points: Point[] = [
    [1, 2],
    [2, Number.NaN],
    [3, 4],
  ];
  expect(downSample(points, 5)).toBe(points);
});

test('what is kept is few, in order, and holds both ends, the lowest and the highest value', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 5, max: 60 }), (points, limit) => {
      const kept = downSample(points, limit);
      expect(kept.length).toBeLessThanOrEqual(limit);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(points.length, 3));
      const places = kept.map((point) => points.indexOf(point));
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
      expect([kept.at(0), kept.at(-1)]).toEqual([points.at(0), points.at(-1)]);
      const finiteOf = (all: readonly Point[]): number[] =>
        all.map(([, value]) => value).filter(Number.isFinite);
      expect(Math.min(...finiteOf(kept))).toBe(Math.min(...finiteOf(points)));
      expect(Math.max(...finiteOf(kept))).toBe(Math.max(...finiteOf(points)));
    }),
  );
});

test('a single peak and a long gap among many points stay', () => {
  const points = Array.from({ length: 100_000 }, (_, step): Point => {
    if (step === 54_321) return [step, 99];
    return [step, step >= 20_000 && step < 30_000 ? Number.NaN : Math.sin(step)];
  });
  const kept = downSample(points, 600);
  expect(kept.length).toBeGreaterThan(350);
  expect(kept).toContainEqual([54_321, 99]);
  const inGap = kept.filter(([step]) => step >= 20_600 && step < 29_400);
  expect(inGap.length).toBeGreaterThan(10);
  expect(inGap.every(([, value]) => Number.isNaN(value))).toBe(true);
});
