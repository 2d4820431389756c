import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { studioWithEyes, quietHooks, type TestStudio } from '../../../test/support/studio.ts';
import type { Run } from '../../library/runs.ts';
import type { TuringTrial } from '../../library/turing.ts';
import { ensureRunPacks } from '../training/training-run.ts';
import { planTuringTest, turingResult } from './turing-test.ts';

const session = { id: 1, runId: 2, step: 3, rater: '', seed: 1, startedAt: '2026-01-01T00:00:00.000Z' };

/** So many trials of each kind, answered right or wrong. */
function answered(counts: {
  readonly right: number;
  readonly wrong: number;
  readonly caught?: number;
  readonly missed?: number;
  readonly open?: number;
}): TuringTrial[] {
  const { right, wrong, caught = 0, missed = 0, open = 0 } = counts;
  const trialsOf = (count: number, trial: Pick<TuringTrial, 'shown' | 'isCatch' | 'answer'>): TuringTrial[] =>
    Array.from({ length: count }, () => ({
      ...trial,
      trial: 0,
      imageId: 1,
      answeredAt: trial.answer === null ? null : session.startedAt,
    }));
  return [
    ...trialsOf(right, { shown: 'real', isCatch: false, answer: 'real' }),
    ...trialsOf(wrong, { shown: 'refined', isCatch: false, answer: 'real' }),
    ...trialsOf(caught, { shown: 'synthetic', isCatch: true, answer: 'refined' }),
    ...trialsOf(missed, { shown: 'synthetic', isCatch: true, answer: 'real' }),
    ...trialsOf(open, { shown: 'real', isCatch: false, answer: null }),
  ];
}

describe('what the answers are worth', () => {
  test('the paper’s 517 of 1,000: accuracy, Wilson’s interval and the exact p, as recomputed by others', () => {
    const result = turingResult(session, answered({ right: 517, wrong: 483, caught: 9, missed: 1, open: 5 }));
    expect(result).toMatchObject({
      trials: 1000,
      correct: 517,
      accuracy: 0.517,
      catchTrials: 10,
      catchCorrect: 9,
    });
    expect(result.pValue).toBeCloseTo(0.148345, 6);
    // Summed with whole numbers, and by Wilson's formula, in Python.
    expect(result.low).toBeCloseTo(0.486022, 6);
    expect(result.high).toBeCloseTo(0.547848, 6);
    expect(result.verdict).toMatch(/^Refined images are not told from real ones: 52 % of 1000 answers/);
  });

  test('what is told apart is said to be', () => {
    const result = turingResult(session, answered({ right: 40, wrong: 10, caught: 5 }));
    expect(result.pValue).toBeCloseTo(1.193e-5, 8);
    expect(result.verdict).toMatch(/^Refined images are told from real ones: 80 % of 50 answers are right/);
    expect(result.verdict).not.toMatch(/say little/);
  });

  test('a rater who takes plain synthetic images for real is not taken at their word', () => {
    const { verdict } = turingResult(session, answered({ right: 10, wrong: 10, caught: 1, missed: 3 }));
    expect(verdict).toMatch(/only 1 of 4 plain synthetic images were recognised/);
    expect(verdict).toMatch(/More trials would say more/);
  });

  test('nothing is worth nothing', () => {
    expect(turingResult(session, answered({ right: 0, wrong: 0, open: 3 }))).toMatchObject({
      trials: 0,
      accuracy: null,
      pValue: null,
      verdict: 'Nothing was answered yet.',
    });
  });
});

describe('the plan', () => {
  let studio: TestStudio;
  let run: Run;
  beforeAll(async () => {
    studio = await studioWithEyes(40);
    const request = studio.request();
    const packs = await ensureRunPacks(studio.library, request, quietHooks());
    run = studio.library.runs.add({ config: request.config, ...packs, totalSteps: 1 });
  });
  afterAll(() => studio[Symbol.dispose]());

  test('is balanced, shuffled by its seed, and shows no image twice', () => {
    const plan = planTuringTest(studio.library, run, { trials: 21, seed: 5 });
    const shown = plan.map((trial) => trial.shown);
    const count = (what: string) => shown.filter((one) => one === what).length;
    expect([count('real'), count('refined'), count('synthetic')]).toEqual([11, 10, 3]);
    expect(plan.every(({ shown: what, isCatch }) => isCatch === (what === 'synthetic'))).toBe(true);
    expect(new Set(plan.map(({ imageId }) => imageId)).size).toBe(24);
    expect(plan).toEqual(planTuringTest(studio.library, run, { trials: 21, seed: 5 }));
    expect(plan).not.toEqual(planTuringTest(studio.library, run, { trials: 21, seed: 6 }));
    // Not one kind after the other.
    const changes = shown.filter((what, index) => index > 0 && what !== shown[index - 1]).length;
    expect(changes).toBeGreaterThan(6);
  });

  test('leaves excluded images out, and says how many trials there are images for', () => {
    const ids = studio.library.imageSearch.ids({ role: 'synthetic' });
    studio.library.images.setExcluded(ids.slice(0, 30), 'blurred');
    const plan = planTuringTest(studio.library, run, { trials: 16, seed: 1 });
    expect(plan.some(({ imageId }) => ids.slice(0, 30).includes(imageId))).toBe(false);
    expect(() => planTuringTest(studio.library, run, { trials: 30, seed: 1 })).toThrow(
      /30 trials need 15 real and 18 synthetic images/,
    );
  });
});
