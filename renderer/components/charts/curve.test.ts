import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeAtOrBefore, smooth, summarize, toCsv, toRows, valueAt, type Curve } from './curve.ts';

const curve = (changes: Partial<Curve> = {}): Curve => ({
  id: 'a',
  name: 'A, "quoted"',
  colour: 0,
  steps: [-2, 0, 4],
  mean: [1, null, 3],
  min: [1, null, 3],
  max: [1, null, 3],
  nonFinite: 1,
  ...changes,
});

describe('reading a curve at a step', () => {
  test('finds the last reading at or before it, past gaps', () => {
    expect(valueAt(curve(), 3)).toBe(1);
    expect(valueAt(curve(), 4)).toBe(3);
    expect(valueAt(curve(), -3)).toBeUndefined();
    expect(valueAt(curve(), null)).toBe(3);
  });

  test('agrees with a plain search', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 })),
        fc.integer({ min: -60, max: 60 }),
        (raw, step) => {
          const steps = raw.sort((left, right) => left - right);
          expect(placeAtOrBefore(steps, step)).toBe(steps.findLastIndex((one) => one <= step));
        },
      ),
    );
  });
});

describe('smoothing', () => {
  test('weight 0 changes nothing', () => {
    expect(smooth([1, null, 5], 0)).toEqual([1, null, 5]);
  });

  test('a constant stays that constant, and values stay within their range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (values, weight) => {
          const smoothed = smooth(values, weight);
          for (const value of smoothed) {
            expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
            expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
          }
          for (const value of smooth(
            values.map(() => 7),
            weight,
          ))
            expect(value).toBeCloseTo(7, 9);
        },
      ),
    );
  });
});

test('rows and CSV hold every reading of all curves', () => {
  const other = curve({ name: 'B', steps: [0, 5], mean: [9, 8] });
  expect(toRows([curve(), other])).toEqual([
    { step: -2, values: [1, null] },
    { step: 0, values: [null, 9] },
    { step: 4, values: [3, null] },
    { step: 5, values: [null, 8] },
  ]);
  expect(toCsv([curve(), other])).toBe('step,"A, ""quoted""",B\r\n-2,1,\r\n0,,9\r\n4,3,\r\n5,,8\r\n');
});

test('the summary tells first, last, lowest and highest', () => {
  expect(summarize(curve({ name: 'Loss', steps: [1, 2, 3], mean: [2, 0.5, 1] }), String)).toBe(
    'Loss: 2 at step 1, 1 at step 3, between 0.5 and 2.',
  );
  expect(summarize(curve({ name: 'Loss', steps: [], mean: [] }), String)).toBe('Loss: no readings.');
});
