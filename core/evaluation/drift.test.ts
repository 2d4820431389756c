import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantilesOf, withoutFloor } from './drift.ts';

const quantiles = fc
  .tuple(fc.double({ min: 0, max: 50, noNaN: true }), fc.double({ min: 0, max: 50, noNaN: true }))
  .map(([median, more]) => ({ median, p95: median + more }));

describe('drift', () => {
  it('leaves out images without labelled points', () => {
    expect(quantilesOf(Float32Array.from([3, Number.NaN, 1, 2]))).toMatchObject({ median: 2 });
    expect(quantilesOf(Float32Array.from([Number.NaN]))).toBeUndefined();
  });

  it('takes the floor away as the side of a right triangle', () => {
    expect(withoutFloor({ median: 5, p95: 13 }, { median: 3, p95: 5 })).toEqual({ median: 4, p95: 12 });
  });

  it('is the reading without a floor, nothing at the floor, and in order', () => {
    fc.assert(
      fc.property(quantiles, quantiles, (read, floor) => {
        const unchanged = withoutFloor(read, { median: 0, p95: 0 });
        expect(unchanged.median).toBeCloseTo(read.median, 6);
        expect(unchanged.p95).toBeCloseTo(read.p95, 6);
        expect(withoutFloor(floor, floor)).toEqual({ median: 0, p95: 0 });
        const drift = withoutFloor(read, floor);
        expect(drift.p95).toBeGreaterThanOrEqual(drift.median);
        expect(drift.p95).toBeLessThanOrEqual(read.p95 + 1e-9);
      }),
    );
  });
});
