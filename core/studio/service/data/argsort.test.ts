import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../../../test/support/property-settings.ts';
import { argsort } from './argsort.ts';

test('places are in the order of the values, equal ones as they were, NaN last', async () => {
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, -1, Number.MIN_VALUE, -Number.MIN_VALUE),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 60 }), async (values) => {
      const order = (left: number, right: number): number => {
        if (Number.isNaN(left) || Number.isNaN(right))
          return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
        return left < right ? -1 : Number(left > right);
      };
      const expected = values
        .map((_, place) => place)
        .sort((left, right) => order(values[left], values[right]) || left - right);
      expect([...(await argsort(Float64Array.from(values), () => Promise.resolve()))]).toEqual(expected);
    }),
    { numRuns: propertyRuns(300) },
  );
});
