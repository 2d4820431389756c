import { expect, test } from 'vitest';
import { formatCount, formatDecimals, formatNumber } from './numbers.ts';

test.each([
  [0, '0'],
  [-0, '0'],
  [0.6931471805599453, '0.6931'],
  [0.5, '0.5'],
  [-12.345678, '−12.35'],
  [12345.678, '12,350'],
  [999_999, '1,000,000'],
  [0.0001, '0.0001'],
  [0.00001234, '1.23 × 10⁻⁵'],
  [1e-7, '10⁻⁷'],
  [-1e-7, '−10⁻⁷'],
  [2.5e12, '2.5 × 10¹²'],
  [Number.NaN, 'not a number'],
  [Number.POSITIVE_INFINITY, '∞'],
  [Number.NEGATIVE_INFINITY, '−∞'],
])('%d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('counts are exact and decimals are kept', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(formatCount(-199)).toBe('−199');
  expect(formatDecimals(2, 1)).toBe('2.0');
  expect(formatDecimals(-0.25, 2)).toBe('−0.25');
});
