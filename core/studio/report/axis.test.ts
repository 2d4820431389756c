import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearAxis, logarithmicAxis, stepAxis, type Axis } from './axis.ts';

const labels = (axis: Axis): string[] => axis.ticks.map(({ label }) => label);

test('a linear axis ends at round numbers and includes a zero that is near', () => {
  expect(labels(linearAxis(0.31, 0.78, 4))).toEqual(['0.0', '0.2', '0.4', '0.6', '0.8']);
  expect(labels(linearAxis(0.66, 0.74, 4))).toEqual(['0.66', '0.68', '0.70', '0.72', '0.74']);
  expect(labels(linearAxis(-3, 7, 4))).toEqual(['−5', '0', '5', '10']);
  expect(labels(linearAxis(-900, -20, 4))).toEqual(['−1,000', '−500', '0']);
});

test('values that pass the last tick only a little do not cost another one', () => {
  const axis = linearAxis(-0.4, 30, 4);
  expect(labels(axis)).toEqual(['0', '10', '20', '30']);
  expect(axis.low).toBe(-0.4);
  expect(axis.place(-0.4)).toBe(0);
  expect(axis.place(30)).toBe(1);
});

test('a constant series gets an axis with zero on it', () => {
  expect(labels(linearAxis(0, 0, 4))).toEqual(['0.0', '0.5', '1.0']);
  expect(labels(linearAxis(3, 3, 4))).toEqual(['0', '1', '2', '3']);
  expect(labels(linearAxis(-3, -3 + 1e-15, 4))).toEqual(['−3', '−2', '−1', '0']);
});

const finite = fc.double({ min: -1e12, max: 1e12, noNaN: true });

test('a linear axis holds its values between its ends, with few even ticks at 1, 2 or 5 times a power of ten', () => {
  fc.assert(
    fc.property(finite, finite, (one, other) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      const axis = linearAxis(low, high, 4);
      for (const value of [low, high, ...axis.ticks.map((tick) => tick.value)]) {
        expect(axis.place(value)).toBeGreaterThanOrEqual(-1e-12);
        expect(axis.place(value)).toBeLessThanOrEqual(1 + 1e-12);
      }
      expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
      expect(axis.ticks.length).toBeLessThanOrEqual(6);
      expect(new Set(labels(axis)).size).toBe(axis.ticks.length);
      const step = (axis.ticks[axis.ticks.length - 1].value - axis.ticks[0].value) / (axis.ticks.length - 1);
      const [mantissa] = step.toExponential(6).split('e');
      expect([1, 2, 5]).toContain(Number(mantissa));
    }),
  );
});

test('a logarithmic axis has ticks at powers of ten, or at 1, 2 and 5 where it is short', () => {
  expect(labels(logarithmicAxis(0.004, 30))).toEqual(['0.01', '0.1', '1', '10']);
  expect(labels(logarithmicAxis(0.0001, 0.001))).toEqual(['0.0001', '0.0002', '0.0005', '0.001']);
  expect(labels(logarithmicAxis(2, 2))).toEqual(['1', '2', '5']);
  expect(labels(logarithmicAxis(1e-12, 1))).toEqual([
    '10⁻¹²',
    '10⁻¹⁰',
    '10⁻⁸',
    '10⁻⁶',
    '0.0001',
    '0.01',
    '1',
  ]);
  expect(logarithmicAxis(1, 100).place(10)).toBeCloseTo(0.5);
});

test('a logarithmic axis holds any positive values between its ends', () => {
  const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  fc.assert(
    fc.property(positive, positive, (one, other) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      const axis = logarithmicAxis(low, high);
      expect(axis.low).toBeLessThanOrEqual(low);
      expect(axis.high).toBeGreaterThanOrEqual(high);
      expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
      expect(axis.ticks.length).toBeLessThanOrEqual(8);
      for (const { value } of axis.ticks) {
        expect(axis.place(value)).toBeGreaterThanOrEqual(-1e-12);
        expect(axis.place(value)).toBeLessThanOrEqual(1 + 1e-12);
      }
    }),
  );
});

test('the axis of steps ends with the steps and has whole ticks', () => {
  const axis = stepAxis(-199, 1100, 5);
  expect([axis.low, axis.high]).toEqual([-199, 1100]);
  expect(labels(axis)).toEqual(['0', '500', '1,000']);
  expect(labels(stepAxis(0, 3, 5))).toEqual(['0', '1', '2', '3']);
  expect(labels(stepAxis(0, 400_000, 5))).toEqual(['0', '100k', '200k', '300k', '400k']);
  expect(labels(stepAxis(7, 7, 5))).toEqual(['7', '8']);
});
