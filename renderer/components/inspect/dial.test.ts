import { describe, expect, test } from 'vitest';
import { alphaOf, readingAt, type DialPoint } from './dial.ts';

const point = (alpha: number): DialPoint => ({
  alpha,
  discriminator: 1 - alpha / 2,
  foolsShare: alpha / 2,
  driftMedianPx: alpha,
  driftP95Px: 2 * alpha,
  changeGrey: 10 * alpha,
});

describe('the needles of the realism dial', () => {
  const points = [0, 0.5, 1, 1.5].map(point);

  test.each([0, 0.25, 0.5, 0.7, 1.5])('at %d they stand where the measurements are', (alpha) => {
    const reading = readingAt(points, alpha);
    for (const [key, value] of Object.entries(point(alpha))) {
      expect(reading?.[key as keyof DialPoint]).toBeCloseTo(value, 9);
    }
  });

  test('beyond what was tried they stay where they are', () => {
    expect(readingAt(points.slice(1), 0)?.foolsShare).toBe(0.25);
    expect(readingAt(points.slice(0, 2), 1.5)?.foolsShare).toBe(0.25);
    expect(readingAt([], 1)).toBeUndefined();
  });

  test.each([
    ['0.8', 0.8],
    ['0', 0],
    ['1.6', undefined],
    ['-1', undefined],
    ['much', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j in the address', (written, alpha) => {
    expect(alphaOf(written)).toBe(alpha);
  });
});
