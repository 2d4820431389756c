import { describe, expect, it } from 'vitest';
import { fairCoinPValue, quantile, sampleDeviation, wilsonInterval } from './statistics.ts';

describe('statistics', () => {
  it('takes quantiles as R and NumPy do', () => {
    expect(quantile([3, 1, 2, 4], 0.5)).toBe(2.5);
    expect(quantile([10, 0, 20], 0.95)).toBeCloseTo(19, 12);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('gives the deviation of a sample', () => {
    expect(sampleDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(sampleDeviation([3])).toBe(0);
  });

  it('gives Wilson intervals as published', () => {
    // Newcombe 1998, table I: 81/263 and 0/20.
    expect(wilsonInterval(81, 263).low).toBeCloseTo(0.2553, 4);
    expect(wilsonInterval(81, 263).high).toBeCloseTo(0.3662, 4);
    expect(wilsonInterval(0, 20).low).toBe(0);
    expect(wilsonInterval(0, 20).high).toBeCloseTo(0.1611, 4);
    expect(wilsonInterval(20, 20).high).toBe(1);
  });

  it('gives exact binomial tails, small and large', () => {
    expect(fairCoinPValue(8, 10)).toBeCloseTo(56 / 1024, 12);
    expect(fairCoinPValue(0, 10)).toBeCloseTo(1, 12);
    // The paper's visual Turing test: 517 of 1,000 right, p = 0.148 (table 1).
    expect(fairCoinPValue(517, 1000)).toBeCloseTo(0.148, 3);
    expect(fairCoinPValue(4000, 4000)).toBe(0);
    expect(fairCoinPValue(2000, 4000)).toBeCloseTo(0.5063, 3);
  });
});
