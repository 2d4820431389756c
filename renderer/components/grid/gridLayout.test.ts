import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridLayout, placeAfterKey, placesInBand, rowsSeen, scrolledToRow } from './gridLayout.ts';

const layout = gridLayout(103, 1004, 96);

describe('the grid', () => {
  it('fills rows from the left', () => {
    expect(layout).toMatchObject({ columns: 10, rows: 11, pitchPx: 100, heightPx: 1104 });
    expect(gridLayout(5, 20, 96).columns).toBe(1);
    expect(gridLayout(0, 1000, 96)).toMatchObject({ rows: 0, heightPx: 4 });
  });

  it('draws what is seen and a little beyond', () => {
    expect(rowsSeen(layout, 250, 300, 1)).toEqual([1, 6]);
    expect(rowsSeen(layout, 0, 5000, 2)).toEqual([0, 10]);
    const [first, last] = rowsSeen(gridLayout(0, 1000, 96), 0, 500, 2);
    expect(last).toBeLessThan(first);
  });

  it('scrolls no further than needed', () => {
    expect(scrolledToRow(layout, 3, 250, 300)).toBe(250);
    expect(scrolledToRow(layout, 1, 250, 300)).toBe(100);
    expect(scrolledToRow(layout, 8, 250, 300)).toBe(604);
  });
});

describe('keys', () => {
  const after = (key: string, place: number) => placeAfterKey(key, place, 103, layout, 350);

  it('move by an image, a row, a page, and to both ends', () => {
    expect(after('ArrowRight', 9)).toBe(10);
    expect(after('ArrowUp', 4)).toBe(4);
    expect(after('ArrowDown', 88)).toBe(98);
    expect(after('ArrowDown', 98)).toBe(102);
    expect(after('ArrowDown', 101)).toBe(101);
    expect(after('PageDown', 5)).toBe(35);
    expect(after('PageUp', 25)).toBe(5);
    expect(after('Home', 50)).toBe(0);
    expect(after('End', 50)).toBe(102);
    expect(after('x', 50)).toBeUndefined();
  });

  it('never leave the list', () => {
    const keys = fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown');
    fc.assert(
      fc.property(keys, fc.nat(102), (key, place) => {
        const target = after(key, place);
        expect(target).toBeGreaterThanOrEqual(0);
        expect(target).toBeLessThan(103);
      }),
    );
  });
});

describe('the rubber band', () => {
  it('takes what it touches, row by row', () => {
    expect(placesInBand(layout, 103, { left: 150, top: 50, right: 250, bottom: 150 })).toEqual([
      [1, 2],
      [11, 12],
    ]);
  });

  it('takes whole rows as one range, and ends with the list', () => {
    expect(placesInBand(layout, 103, { left: 0, top: 0, right: 1004, bottom: 9999 })).toEqual([[0, 102]]);
    expect(placesInBand(layout, 103, { left: 550, top: 1050, right: 700, bottom: 1060 })).toEqual([]);
  });
});
