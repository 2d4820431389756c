import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { Point } from './down-sample.ts';
import { trendOf } from './trend.ts';

const seriesOf = (length: number, value: (step: number) => number): Point[] =>
  Array.from({ length }, (_, step): Point => [step, value(step)]);

test('calm and short series have no trend of their own', () => {
  const random = createRandom(1);
  expect(
    trendOf(
      seriesOf(1000, (step) => Math.exp(-step / 100)),
      false,
    ),
  ).toBeUndefined();
  expect(
    trendOf(
      seriesOf(1000, (step) => (step < 600 ? 1e-3 : 1e-4)),
      true,
    ),
  ).toBeUndefined();
  expect(
    trendOf(
      seriesOf(99, () => random.normal()),
      false,
    ),
  ).toBeUndefined();
  expect(trendOf([], false)).toBeUndefined();
});

test('the trend of a noisy slope is the slope', () => {
  const random = createRandom(2);
  const trend = trendOf(
    seriesOf(2000, (step) => step / 1000 + 0.2 * random.normal()),
    false,
  );
  expect(trend).toHaveLength(2000);
  // 81 values of deviation 0.2: five standard errors of their mean.
  for (const [step, value] of (trend ?? []).slice(40, -40))
    expect(Math.abs(value - step / 1000)).toBeLessThan(0.12);
});

test('it is the mean over a symmetric window, geometric on a logarithmic axis, and never reaches over a gap', () => {
  const random = createRandom(3);
  const points = seriesOf(150, (step) => (step === 70 ? Number.NaN : Math.exp(random.normal())));
  const window = points.slice(71, 76).map(([, value]) => value);
  const mean = window.reduce((sum, value) => sum + value, 0) / window.length;
  const geometric = window.reduce((product, value) => product * value, 1) ** (1 / window.length);
  expect(trendOf(points, false)?.[73][1]).toBeCloseTo(mean, 10);
  expect(trendOf(points, true)?.[73][1]).toBeCloseTo(geometric, 10);
  expect(trendOf(points, false)?.[70][1]).toBeNaN();
  expect(trendOf(points, false)?.[71][1]).toBeCloseTo(points[71][1], 10);
  expect(trendOf(points, false)?.[69][1]).toBeCloseTo(points[69][1], 10);
});
