import { expect, it } from 'vitest';
import { histogramBars } from './histogramBars.ts';

it('puts what matches on the axis of everything, at the height of its share', () => {
  const bars = histogramBars({ from: 0, to: 10, counts: [4, 16] }, { from: 5, to: 10, counts: [4, 4] });
  expect(bars.all.map(({ x, height }) => [x, height])).toEqual([
    [0, 0.5],
    [0.5, 1],
  ]);
  expect(bars.shown.map(({ x }) => x)).toEqual([0.5, 0.75]);
  expect(bars.shown[0]?.height).toBeCloseTo(Math.sqrt(0.5));
});

it('draws one bar where all values are the same', () => {
  const { all } = histogramBars({ from: 60, to: 60, counts: [7] }, undefined);
  expect(all).toEqual([{ x: 0, width: 1, height: 1 }]);
});
