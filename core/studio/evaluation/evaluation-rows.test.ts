import { describe, expect, test } from 'vitest';
import { evaluationSchema } from '../../contract/operations/results.ts';
import type { LookOf, SetLook } from './compare-looks.ts';
import type { RunEvaluation } from './evaluation-run.ts';
import { describeEvaluation } from './evaluation-rows.ts';
import { comparisonOf } from './evaluation-summary.ts';

const told = (accuracy: number) => ({
  ...{ accuracy, low: accuracy - 0.02, high: accuracy + 0.02, p: 0, judged: 400 },
  caveats: [],
});
const look = (of: LookOf, kernelDistance: number | null, changes: Partial<SetLook> = {}): SetLook => ({
  of,
  toldFromReal: told(0.9),
  kernelDistance,
  histogramDistanceGrey: 12,
  contrastGrey: 50,
  changeGrey: of === 'synthetic' ? null : 20,
  drift: of === 'synthetic' ? null : { medianPx: 0.3, p95Px: 1, images: 200 },
  ...changes,
});

const evaluation = {
  run: 'run 1',
  step: 400,
  realism: { syntheticReal: told(0.97), refinedReal: told(0.71), realReal: told(0.5) },
  change: {
    meanChangeGrey: 30,
    contrastBeforeGrey: 40,
    contrastAfterGrey: 50,
    histogramDistanceBeforeGrey: 30,
    histogramDistanceAfterGrey: 10,
  },
  refined: {
    count: 400,
    withDrift: 400,
    meanAbsChange: { mean: 30, median: 30, percentile95: 40 },
    discriminatorScore: null,
    driftPx: { mean: 0.5, median: 0.5, percentile95: 1.2 },
  },
  driftBudgetPx: 3,
  selfTest: { noiseFloor: { p95Px: 0.2 } } as RunEvaluation['selfTest'],
  gaze: undefined,
  noGaze: 'The real images have no gaze labels to test on.',
  caveats: ['One seed is few.'],
} satisfies RunEvaluation;

const described = (result: RunEvaluation) =>
  evaluationSchema.parse(
    describeEvaluation({
      id: 1,
      runId: 2,
      step: 400,
      kind: 'full',
      createdAt: '2026-01-01T00:00:00.000Z',
      result,
    }),
  );
const looks = (best: number, refined: number): SetLook[] => [
  look('synthetic', 9),
  look('histogram match', best),
  look('blur + noise', 8.8),
  look('both', 8),
  look('refined', refined),
  look('real', -0.01, { histogramDistanceGrey: null, changeGrey: null, drift: null }),
];

describe('an evaluation as the window shows it', () => {
  test('has a row for each measure and a value for each set', () => {
    const { rows, breakdown, caveats } = described({ ...evaluation, looks: looks(6, 3) });
    expect(rows.map(({ measure }) => measure)).toEqual([
      ...['told from real', 'kernel distance', 'histogram distance', 'contrast', 'change'],
      ...['drift, median', 'drift, 95 % below'],
    ]);
    expect(rows[0].values[4]).toEqual({ of: 'refined', value: 90, low: 88, high: 92, images: 400 });
    expect(rows[6].values.map(({ value }) => value)).toEqual([null, 1, 1, 1, 1, null]);
    expect(breakdown).toBeNull();
    expect(caveats).toEqual(['One seed is few.']);
  });

  test('adds the gaze error where it was measured', () => {
    const spread = { mean: 8, deviation: 0.5, bySeed: [8] };
    const rowOf = (trainedOn: 'synthetic' | 'histogram-matched' | 'refined') => ({
      ...{ trainedOn, meanErrorDeg: spread, medianErrorDeg: spread },
    });
    const gaze = {
      rows: [rowOf('synthetic'), rowOf('histogram-matched'), rowOf('refined')],
      constant: { meanErrorDeg: 15, medianErrorDeg: 14 },
      ...{ trainingCount: 400, testCount: 100 },
    };
    const row = described({ ...evaluation, gaze, looks: looks(6, 3) }).rows.at(-1);
    expect(row).toMatchObject({ measure: 'gaze error', unit: '°', better: 'lower' });
    expect(row?.values[1]).toEqual({ of: 'histogram match', value: 8, low: 7.5, high: 8.5, images: 100 });
  });

  test('one of an earlier version has its verdict still', () => {
    const { rows, verdict } = described(evaluation);
    expect(rows).toEqual([]);
    expect(verdict[0]).toMatch(/^Refined images are harder to tell from real ones/);
  });
});

test('labels hold within the budget that the run was trained with', () => {
  const verdictOf = (driftBudgetPx: number): string =>
    described({ ...evaluation, driftBudgetPx }).verdict.join(' ');
  expect(verdictOf(3)).toMatch(/Labels hold: .*95 % by less than 1\.20 px, within the budget of 3 px\./);
  expect(verdictOf(1)).toMatch(/Labels drift: .*95 % by less than 1\.20 px, over the budget of 1 px;/);
});

describe('do you need a GAN', () => {
  const verdictOf = (result: RunEvaluation): string => described(result).verdict.join(' ');

  test('says when a plain filter does as well, and when it does not', () => {
    expect(verdictOf({ ...evaluation, looks: looks(6, 3) })).toMatch(
      /The refiner comes closer to the real images than the best plain filter, histogram match \(kernel distance 3\.0 against 6\.0\)\./,
    );
    expect(verdictOf({ ...evaluation, looks: looks(3, 2.95) })).toMatch(
      /A plain filter does as well: with histogram match alone/,
    );
    expect(verdictOf({ ...evaluation, looks: looks(3, 6) })).toMatch(
      /A plain filter does better: .* than histogram match \(kernel distance 6\.0 against 3\.0\)\./,
    );
  });

  test('terminal and report show what plain filters do beside the refiner', () => {
    const { columns, rows } = comparisonOf({ ...evaluation, looks: looks(6, 3) });
    expect(columns).toEqual(['synthetic', 'tone curve', 'blur + noise', 'both', 'refined', 'for scale']);
    expect(rows.map(({ cells }) => cells.length)).toEqual(rows.map(() => 6));
    const cellsOf = (name: string) => rows.find(({ label }) => label === name)?.cells;
    expect(cellsOf('told from real')?.[1]).toBe('90 % (88–92)');
    expect(cellsOf('kernel distance')?.slice(0, 3)).toEqual(['9.0', '6.0', '8.8']);
    expect(cellsOf('drift, 95 % below')?.slice(0, 5)).toEqual([
      '–',
      '1.00 px',
      '1.00 px',
      '1.00 px',
      '1.20 px',
    ]);
    const before = comparisonOf(evaluation).rows;
    expect(before.map(({ label }) => label)).not.toContain('kernel distance');
    expect(before.map(({ cells }) => cells.length)).toEqual(before.map(() => 6));
  });

  test('says what the change is made of', () => {
    const breakdown = { tone: 0.81, noise: 0.11, structure: 0.08 };
    expect(verdictOf({ ...evaluation, breakdown })).toMatch(
      /Of what the refiner changed, 81 % is a tone curve, 11 % noise, 8 % structure\./,
    );
  });
});
