import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteRangeOf } from './byte-range.ts';

describe('a Range header', () => {
  it.each([
    ['bytes=0-0', 10, { first: 0, last: 0 }],
    ['bytes=0-', 10, { first: 0, last: 9 }],
    ['bytes=3-5', 10, { first: 3, last: 5 }],
    ['bytes=3-500', 10, { first: 3, last: 9 }],
    ['bytes=-3', 10, { first: 7, last: 9 }],
    ['bytes=-30', 10, { first: 0, last: 9 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=5-3', 10, undefined],
    ['bytes=0-1,3-4', 10, undefined],
    ['bytes=-', 10, undefined],
    ['bytes=a-b', 10, undefined],
    ['items=0-1', 10, undefined],
    ['bytes=99999999999999999999-', 10, undefined],
    [null, 10, undefined],
  ])('%s of %i bytes', (header, length, expected) => {
    expect(byteRangeOf(header, length)).toEqual(expected);
  });

  it('never reaches outside of the body, whatever is asked', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(60), fc.nat(60), (length, first, last) => {
        const range = byteRangeOf(`bytes=${first}-${last}`, length);
        if (range === undefined) return last < first;
        if (range === 'unsatisfiable') return first >= length;
        return range.first === first && range.last === Math.min(last, length - 1);
      }),
    );
  });
});
