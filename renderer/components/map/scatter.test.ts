import { describe, expect, it } from 'vitest';
import { insideBox, insideLasso, nearest, placePoints } from './scatter.ts';

const placed = placePoints([0, 10, 5, 0], [0, 0, 5, 10], 232, 132, 16);

describe('the map', () => {
  it('fits all points on one scale, up being up', () => {
    expect([...placed.x]).toEqual([66, 166, 116, 66]);
    expect([...placed.y]).toEqual([116, 116, 66, 16]);
  });

  it('picks what a lasso goes around, also a hollow one', () => {
    const lasso = [
      { x: 50, y: 130 },
      { x: 200, y: 130 },
      { x: 200, y: 100 },
      { x: 50, y: 100 },
    ];
    expect(insideLasso(placed, lasso)).toEqual([0, 1]);
    const horseshoe = [
      { x: 0, y: 0 },
      { x: 220, y: 0 },
      { x: 220, y: 130 },
      { x: 140, y: 130 },
      { x: 140, y: 40 },
      { x: 100, y: 40 },
      { x: 100, y: 130 },
      { x: 0, y: 130 },
    ];
    expect(insideLasso(placed, horseshoe)).toEqual([0, 1, 3]);
  });

  it('picks what is in a rectangle, and the nearest point that is shown', () => {
    expect(insideBox(placed, { x: 60, y: 10, width: 60, height: 60 })).toEqual([2, 3]);
    expect(nearest(placed, { x: 118, y: 64 }, 10, () => true)).toBe(2);
    expect(nearest(placed, { x: 118, y: 64 }, 10, (index) => index !== 2)).toBeUndefined();
  });
});
