import { expect, test } from 'vitest';
import { wrapLines } from './terminal.ts';

test('long lines are broken between words, and nothing else is changed', () => {
  expect(wrapLines('one two three four', 9)).toBe('one two\nthree\nfour');
  expect(wrapLines('one two', 7)).toBe('one two');
  expect(wrapLines('/a/path/that/is/long and more', 10)).toBe('/a/path/that/is/long\nand more');
  // A table keeps its columns, a text its own lines.
  expect(wrapLines('name    step\nrun 1      3', 12)).toBe('name    step\nrun 1      3');
});
