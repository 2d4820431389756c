import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packEntries, unpackEntries } from './history-entries.ts';

const step = fc.integer({ min: -1_000_000, max: 2 ** 31 - 1 });
const age = fc.integer({ min: 0, max: 1_000_000 });

test('what is packed comes out again, whatever it is', () => {
  fc.assert(
    fc.property(
      step,
      fc.array(
        fc.record({
          slot: fc.nat({ max: 2 ** 31 - 1 }),
          sourceImageId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
          age: fc.option(age),
        }),
        { maxLength: 40 },
      ),
      (at, rows) => {
        const entries = rows.map(({ age: before, ...row }) => ({
          ...row,
          replacedStep: before === null ? null : at - before,
        }));
        expect(unpackEntries(at, packEntries(at, entries))).toEqual(entries);
      },
    ),
  );
});

test('256 images that entered a buffer of 25,600 take 41 bits each', () => {
  const entries = Array.from({ length: 256 }, (_, index) => ({
    slot: 25_599 - index * 100,
    sourceImageId: 1 + index * 250,
    replacedStep: 9_000 - index * 3,
  }));
  expect(packEntries(9_001, entries)).toHaveLength(11 + (256 * 41) / 8);
});
