import { describe, expect, test } from 'vitest';
import { fullEffect, stepMadeOf, verdictOf } from './ask.ts';
import type { Answer } from './useAsk.ts';

const tried = (edit: Answer['edits'][number]['edit'], effect: number, probability: number) => ({
  ...{ edit, effect, probability },
  changeGrey: 4,
  wholeProbability: 0.5,
});
const look = { mean: 100, contrast: 20, noise: 2, sharpness: 0.3 };
const answer = (probability: number, edits: Answer['edits']): Answer => ({
  ...{ probability, edits, wholeProbability: 0.5, real: [], synthetic: [] },
  box: { x: 0, y: 0, width: 1, height: 1 },
  looks: { patch: look, real: null, synthetic: null },
  step: {
    ...{ probability: 0.1, changeGrey: 4, change: [[4]] },
    shares: { light: 0.01, contrast: 0.12, sharpness: 0.2, position: 0, rest: 0.67 },
  },
});

describe('what an answer comes to', () => {
  test('the edit that helps most, as it was measured', () => {
    const said = verdictOf(answer(0.92, [tried('softer', -2, 0.61), tried('lighter', 0.1, 0.93)]));
    expect(said).toBe(
      'What helps most: softer, by 4 grey levels. That takes the patch from 92 % to 61 % refined.',
    );
  });

  test('that nothing helps where nothing does', () => {
    expect(verdictOf(answer(0.92, [tried('left', -0.4, 0.89)]))).toMatch(/^No simple edit .*moved left/);
  });

  test('that there is nothing to mend where it is taken for real', () => {
    expect(verdictOf(answer(0.12, [tried('softer', -2, 0.02)]))).toMatch(/takes this patch for real \(12 %/);
  });
});

test('a step is told in parts that have a name, the largest first, and what is left', () => {
  expect(stepMadeOf(answer(0.9, []))).toBe(
    'Of this step 20 % is sharpness, 12 % is contrast; 67 % is fine detail that no simple edit makes.',
  );
});

test('small effects are not blown up', () => {
  expect(fullEffect([tried('left', -0.05, 0.9)])).toBe(1);
  expect(fullEffect([tried('left', -3, 0.9), tried('up', 2, 0.9)])).toBe(3);
});
