import fc from 'fast-check';
import { expect, test } from 'vitest';
import { polygonCoverage } from './polygon-coverage.ts';

const size = { widthPx: 20, heightPx: 16 };
const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);

test('a rectangle covers its pixels, and parts of those at its border', () => {
  const rectangle = [
    { x: 2, y: 3 },
    { x: 6.5, y: 3 },
    { x: 6.5, y: 5 },
    { x: 2, y: 5 },
  ];
  const coverage = polygonCoverage(rectangle, size);
  const rows = Array.from({ length: 16 }, (_, row) => [...coverage.subarray(row * 20, row * 20 + 8)]);
  expect(rows[3]).toEqual([0, 0, 1, 1, 1, 1, 0.5, 0]);
  expect(rows[2]).toEqual(new Array(8).fill(0));
  expect(rows[5]).toEqual(new Array(8).fill(0));
});

test('a circle of any size and place covers its area, and no pixel more than once', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 2, max: 6, noNaN: true }),
      fc.double({ min: 7, max: 12, noNaN: true }),
      fc.double({ min: 7, max: 9, noNaN: true }),
      (radius, centreX, centreY) => {
        const circle = Array.from({ length: 64 }, (_, index) => ({
          x: centreX + radius * Math.cos((2 * Math.PI * index) / 64),
          y: centreY + radius * Math.sin((2 * Math.PI * index) / 64),
        }));
        const coverage = polygonCoverage(circle, size);
        expect(Math.abs(sum(coverage) / (Math.PI * radius ** 2) - 1)).toBeLessThan(0.05);
        expect(Math.max(...coverage)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('what lies outside of the picture is cut off', () => {
  const outside = [
    { x: -5, y: -5 },
    { x: 30, y: -5 },
    { x: 30, y: 30 },
    { x: -5, y: 30 },
  ];
  expect(sum(polygonCoverage(outside, size))).toBe(20 * 16);
});
