import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointScore, preservation, realismGain } from './checkpoint-score.ts';

const positive = fc.double({ min: 1e-3, max: 100, noNaN: true });

describe('checkpoint score', () => {
  it('gains nothing at the distance of synthetic images, loses beyond, and has everything at that of real ones', () => {
    expect(realismGain(8, 8)).toBe(0);
    expect(realismGain(12, 8)).toBe(-0.5);
    expect(realismGain(2, 8)).toBe(0.75);
    expect(realismGain(0, 8)).toBe(1);
    // The unbiased estimate falls below zero where nothing is different.
    expect(realismGain(-0.1, 8)).toBe(1);
  });

  it('cannot say what was gained where there was nothing to gain', () => {
    expect(realismGain(1, 0)).toBeUndefined();
    expect(realismGain(1, -0.01)).toBeUndefined();
    expect(realismGain(Number.NaN, 1)).toBeUndefined();
  });

  it('trusts labels within the budget fully, and at twice the budget a quarter', () => {
    expect(preservation(0, 2)).toBe(1);
    expect(preservation(2, 2)).toBe(1);
    expect(preservation(4, 2)).toBe(0.25);
  });

  it('ranks the least bad first where all are further from real than they began', () => {
    expect(checkpointScore(-0.5, 1)).toBeGreaterThan(checkpointScore(-2, 1));
    expect(checkpointScore(-0.5, 1)).toBeGreaterThan(checkpointScore(-0.5, 0.25));
    expect(checkpointScore(0.5, 0.25)).toBe(0.125);
  });

  it('never prefers more distance or more drift', () => {
    fc.assert(
      fc.property(positive, positive, positive, positive, positive, (near, more, start, drift, budget) => {
        expect(realismGain(near + more, start)).toBeLessThanOrEqual(realismGain(near, start) ?? Number.NaN);
        expect(preservation(drift + more, budget)).toBeLessThanOrEqual(preservation(drift, budget));
      }),
    );
  });
});
