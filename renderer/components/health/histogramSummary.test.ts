import { expect, it } from 'vitest';
import { summarise } from './histogramSummary.ts';

it('finds the peak and the median of counts in bins', () => {
  expect(summarise([1, 3, 8, 4], { from: 0, width: 8 })).toEqual({ peak: 20, middle: 20 });
  expect(summarise([10, 0, 0, 10], { from: 400, width: 4 })?.middle).toBe(404);
  expect(summarise([0, 0], { from: 0, width: 8 })).toBeUndefined();
});
