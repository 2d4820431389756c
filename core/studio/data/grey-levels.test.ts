import { expect, test } from 'vitest';
import { greyLevels } from './grey-levels.ts';

const of = (pixels: Uint8Array | Uint16Array) => ({
  pixels,
  widthPx: pixels.length,
  heightPx: 1,
  channels: 1 as const,
});

test('8 bit is counted as it is: 64 bins of 4', () => {
  const counts = greyLevels([of(Uint8Array.from([0, 3, 4, 127, 255])), of(Uint8Array.from([255]))]);
  expect(counts).toHaveLength(64);
  expect([counts[0], counts[1], counts[31], counts[63]]).toEqual([2, 1, 1, 2]);
});

test('depth is counted over the range that it has, without what was not measured', () => {
  const depth = of(Uint16Array.from([0, 0, 10, 500, 1000]));
  const counts = greyLevels([depth]);
  expect([counts[0], counts[31], counts[63]]).toEqual([1, 1, 1]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(greyLevels([depth], 2000)[31]).toBe(1);
});

test('colour is counted by its grey', () => {
  const white = { pixels: new Uint8Array(3).fill(255), widthPx: 1, heightPx: 1, channels: 3 as const };
  expect(greyLevels([white])[63]).toBe(1);
});
