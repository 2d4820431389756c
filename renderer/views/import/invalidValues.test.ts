import { expect, it } from 'vitest';
import { readInvalid } from './invalidValues.ts';

it.each([
  ['2001', [2001]],
  [' 2001, 32001 ; 2001', [2001, 32001]],
  ['0', []],
  ['', []],
  ['2001, far', undefined],
  ['65536', undefined],
  ['-1', undefined],
  ['1.5', undefined],
])('"%s" is read as %s', (typed, values) => {
  expect(readInvalid(typed)).toEqual(values);
});
