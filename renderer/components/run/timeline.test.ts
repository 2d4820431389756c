import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markersOf } from './timeline.ts';

const checkpoint = (step: number, isBest = false) => ({
  step,
  bytes: 1,
  pinned: false,
  isBest,
  realism: null,
  driftPx: null,
  score: null,
  createdAt: '2026-01-01T00:00:00.000Z',
});

test('stands in the order of steps, the best checkpoint by itself', () => {
  const events = [{ step: 15, kind: 'guard', content: {}, createdAt: '2026-01-01T00:00:00.000Z' }];
  const verdict = [{ step: 5, kind: 'verdict', content: '', createdAt: '2026-01-01T00:00:00.000Z' }];
  expect(markersOf([checkpoint(20, true), checkpoint(10)], [...events, ...verdict], 1)).toEqual([
    { kind: 'checkpoint', step: 10, count: 1 },
    { kind: 'guard', step: 15, count: 1 },
    { kind: 'best', step: 20, count: 1 },
  ]);
});

test('a proof is shown as what it found', () => {
  const proof = (isIdentical: boolean, toStep: number) => ({
    step: toStep,
    kind: 'proof',
    content: { isIdentical, fromStep: toStep - 5, toStep, text: '' },
    createdAt: '2026-01-01T00:00:00.000Z',
  });
  expect(markersOf([], [proof(true, 10), proof(false, 20)], 1).map(({ kind }) => kind)).toEqual([
    'proved',
    'differs',
  ]);
});

test('counts everything, and leaves no two of a kind closer than was asked', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 1000 })), fc.integer({ min: 1, max: 100 }), (steps, least) => {
      const markers = markersOf(
        steps.map((step) => checkpoint(step)),
        [],
        least,
      );
      expect(markers.reduce((sum, { count }) => sum + count, 0)).toBe(steps.length);
      expect(markers.length).toBeLessThanOrEqual(Math.ceil(1001 / least));
    }),
  );
});
