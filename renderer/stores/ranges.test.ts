import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasPlace, NO_RANGES, sizeOf, toggled, withoutRange, withRange, type Ranges } from './ranges.ts';

const place = fc.integer({ min: 0, max: 60 });
const step = fc.tuple(fc.constantFrom('add', 'take', 'toggle'), place, place);

it('is the same set as one that holds every place, and stays in order with gaps between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let ranges: Ranges = NO_RANGES;
      const set = new Set<number>();
      for (const [what, left, right] of steps) {
        const [from, to] = [Math.min(left, right), Math.max(left, right)];
        if (what === 'add') {
          ranges = withRange(ranges, left, right);
          for (let at = from; at <= to; at += 1) set.add(at);
        } else if (what === 'take') {
          ranges = withoutRange(ranges, left, right);
          for (let at = from; at <= to; at += 1) set.delete(at);
        } else {
          ranges = toggled(ranges, left);
          if (!set.delete(left)) set.add(left);
        }
      }
      expect(sizeOf(ranges)).toBe(set.size);
      for (let at = 0; at <= 60; at += 1) expect(hasPlace(ranges, at)).toBe(set.has(at));
      ranges.forEach(([from, to], index) => {
        expect(from).toBeLessThanOrEqual(to);
        if (index > 0) expect(from).toBeGreaterThan((ranges[index - 1]?.[1] ?? 0) + 1);
      });
    }),
  );
});

it('holds a million places as one range', () => {
  expect(withRange(NO_RANGES, 0, 999_999)).toEqual([[0, 999_999]]);
});
