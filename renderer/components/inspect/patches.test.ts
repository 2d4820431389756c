import { describe, expect, test } from 'vitest';
import {
  cellAfterKey,
  cellAt,
  cellBox,
  fieldOf,
  foolsShare,
  hottestFirst,
  type PatchMap,
} from './patches.ts';

const map: PatchMap = {
  widthCells: 3,
  heightCells: 2,
  probabilities: [
    [0.1, 0.9, 0.5],
    [0.4, 0.2, 0.95],
  ],
  receptiveFieldPx: 19,
  strideCellPx: 4,
  firstCentrePx: 5.5,
  firstCentreYPx: 3.5,
};

describe('patch map over a picture', () => {
  test('cells tile the picture, and each is found again at any place within', () => {
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 3; column++) {
        const { x, y, width, height } = cellBox(map, { column, row });
        expect(cellAt(map, x + 0.01, y + 0.01)).toEqual({ column, row });
        expect(cellAt(map, x + width - 0.01, y + height - 0.01)).toEqual({ column, row });
      }
    }
    expect(cellAt(map, -50, 500)).toEqual({ column: 0, row: 1 });
  });

  test('what a cell sees lies around the middle of the cell', () => {
    const cell = cellBox(map, { column: 2, row: 1 });
    const field = fieldOf(map, { column: 2, row: 1 });
    expect(field.width).toBe(19);
    expect(field.x + field.width / 2).toBe(cell.x + cell.width / 2);
    expect(field.y + field.height / 2).toBe(cell.y + cell.height / 2);
  });

  test('the most surely refined comes first', () => {
    expect(hottestFirst(map)[0]).toEqual({ column: 2, row: 1 });
    expect(hottestFirst(map).at(-1)).toEqual({ column: 0, row: 0 });
  });

  test('an even chance does not count as fooled', () => {
    expect(foolsShare(map)).toBe(0.5);
  });

  test('keys stay within the map', () => {
    expect(cellAfterKey('ArrowLeft', { column: 0, row: 0 }, map)).toEqual({ column: 0, row: 0 });
    expect(cellAfterKey('End', { column: 0, row: 1 }, map)).toEqual({ column: 2, row: 1 });
    expect(cellAfterKey('ArrowDown', { column: 1, row: 0 }, map)).toEqual({ column: 1, row: 1 });
    expect(cellAfterKey('x', { column: 1, row: 0 }, map)).toBeUndefined();
  });
});
