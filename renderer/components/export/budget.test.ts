import { describe, expect, test } from 'vitest';
import { budgetOf } from './budget.ts';

describe('drift budget as it is written', () => {
  test.each([
    ['', null],
    ['  ', null],
    ['2.5', 2.5],
    ['2,5', 2.5],
    ['0', undefined],
    ['-1', undefined],
    ['much', undefined],
  ])('%j', (written, value) => {
    expect(budgetOf(written)).toBe(value);
  });
});
