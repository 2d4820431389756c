import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { entriesOf, packStep, splitSteps } from './history-entries.ts';

const step = fc.integer({ min: -1_000_000, max: 2 ** 31 - 2 });
const age = fc.integer({ min: 0, max: 1_000_000 });

test('what is packed comes out again by slot, whatever it is', () => {
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
        const packed = packStep({ step: at, entries }, 12);
        const next = packStep({ step: at + 1, entries: [] }, 13);
        const steps = splitSteps(Buffer.concat([packed.bytes, next.bytes]));
        expect(steps).toEqual([packed, next]);
        expect(entriesOf(steps[0])).toEqual(entries.toSorted((left, right) => left.slot - right.slot));
        expect(entriesOf(steps[1])).toEqual([]);
      },
    ),
  );
});

test('256 images that entered a buffer of 25,600 take less than 33 bits each', () => {
  const random = createRandom(1, 'history entries');
  const entries = Array.from({ length: 256 }, () => ({
    slot: random.integer(25_600),
    sourceImageId: 1 + random.integer(50_000),
    // An image is replaced with a chance of 1 % in every step.
    replacedStep: 9_000 - Math.floor(Math.log(1 - random.uniform()) / Math.log(0.99)),
  }));
  expect(packStep({ step: 9_001, entries }, 25_600).bytes.length).toBeLessThan(23 + (256 * 33) / 8);
});
