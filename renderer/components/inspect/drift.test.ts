import { expect, test } from 'vitest';
import { arrowsOf, moved } from './drift.ts';

test('an arrow is ten times as long as the way, in its direction', () => {
  const [arrow] = arrowsOf({ before: [[10, 5]], after: [[10.3, 4.6]] });
  expect(arrow?.tip[0]).toBeCloseTo(13, 9);
  expect(arrow?.tip[1]).toBeCloseTo(1, 9);
  expect(arrow?.path).toMatch(/^M10 5L13/);
  expect(moved([10, 5], [10.3, 4.6])).toBeCloseTo(0.5, 9);
});
