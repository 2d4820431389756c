import { expect, test } from 'vitest';
import { readGrid } from './probe.ts';

test('a grid has every combination of what is given', () => {
  expect(readGrid({ lambda: '0.1 1 1', kg: '1,2', psi: '' })).toEqual({
    grid: { lambda: [0.1, 1], kg: [1, 2] },
    errors: {},
    variants: 4,
  });
  expect(readGrid({}).variants).toBe(0);
});

test('what is no value is told at its list', () => {
  const { errors } = readGrid({ lambda: '0.1 much' });
  expect(errors.lambda).toContain('much');
});
