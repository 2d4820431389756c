import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyedRows, type KeyedRow } from './keyedRows.ts';

const keysOf = (rows: readonly KeyedRow[]): number[] => rows.map(({ key }) => key);

it('a row that stays keeps its element, one that comes gets that of one that went', () => {
  const first = keyedRows([0, 1, 2, 3], 0);
  const scrolled = keyedRows([0, 2, 3, 4], 0, first);
  expect(keysOf(scrolled)).toEqual([first[0].key, first[2].key, first[3].key, first[1].key]);
  const jumped = keyedRows([0, 500, 501, 502], 0, scrolled);
  expect(jumped[0].key).toBe(first[0].key);
  expect(new Set(keysOf(jumped))).toEqual(new Set(keysOf(first)));
});

it('no element is in two places, and the focused row is moved past none', () => {
  const rows = fc.uniqueArray(fc.nat(40), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 20 }), fc.nat(40), (steps, focused) => {
      let drawn: readonly KeyedRow[] = [];
      for (const step of steps) {
        const before = drawn;
        const wanted = [...new Set([...step, focused])].sort((left, right) => left - right);
        drawn = keyedRows(wanted, focused, before);
        expect(drawn.map(({ row }) => row)).toEqual(wanted);
        expect(new Set(keysOf(drawn)).size).toBe(wanted.length);
        for (const { row, key } of before) {
          if (wanted.includes(row)) expect(drawn).toContainEqual({ row, key });
          const now = drawn.find((one) => one.key === key);
          if (now) expect(Math.sign(now.row - focused)).toBe(Math.sign(row - focused));
        }
      }
    }),
  );
});
