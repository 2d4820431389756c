import { describe, expect, test } from 'vitest';
import { liveSettingsSchema } from '../contract/training-command.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { presetNamed } from '../../test/reference/cases.ts';
import { createGuards, guardStateSchema, type GuardFinding, type Guards } from './guards.ts';
import type { LatestMetrics } from './health.ts';

const config: TrainingConfig = {
  ...presetNamed('eye-small'),
  guardPatience: 10,
  guardLeastChange: 2,
  guardSaturation: 0.98,
  guardBeaten: 0.35,
  guardDiversity: 0.3,
  guardInversion: true,
  driftBudget: 5,
};

/** What the guards say to metrics that are measured every fifth step. */
function listen(readings: readonly LatestMetrics[], changes: Partial<TrainingConfig> = {}) {
  const guards = createGuards(
    () => ({ ...config, ...changes }),
    () => 15.28,
  );
  return readings.flatMap((metrics, index) =>
    guards.observe(5 * index, metrics).map((finding) => ({ step: 5 * index, ...finding })),
  );
}

const accuracies = (real: number, refined: number): LatestMetrics => ({
  'discriminator.accuracyReal': real,
  'discriminator.accuracyRefined': refined,
});

interface GuardCase {
  readonly guard: GuardFinding['guard'];
  readonly action: GuardFinding['action'];
  readonly bad: LatestMetrics;
  readonly good: LatestMetrics;
  readonly off: Partial<TrainingConfig>;
  readonly words: string;
}

const cases: readonly GuardCase[] = [
  {
    guard: 'no-change',
    action: 'warn',
    bad: { 'refiner.change': 0.5 },
    good: { 'refiner.change': 2 },
    off: { guardLeastChange: 0 },
    words: 'hardly changes its input: 0.50 grey levels, below 2. Self-regularization weighs 15 times',
  },
  {
    guard: 'discriminator-won',
    action: 'warn',
    bad: accuracies(1, 0.99),
    good: accuracies(1, 0.9),
    off: { guardSaturation: 1 },
    words: 'knows 100 % of all patches',
  },
  {
    guard: 'discriminator-lost',
    action: 'warn',
    bad: accuracies(0.4, 0.2),
    good: accuracies(0.4, 0.4),
    off: { guardBeaten: 0 },
    words: 'right on 30 % of all patches',
  },
  {
    guard: 'diversity-collapse',
    action: 'stop',
    bad: { 'realism.diversity': 0.1 },
    good: { 'realism.diversity': 0.8 },
    off: { guardDiversity: 0 },
    words: 'by 10 % of what the synthetic ones do',
  },
  {
    guard: 'inversion',
    action: 'stop',
    bad: { 'realism.contrastCorrelation': -0.4 },
    good: { 'realism.contrastCorrelation': 0.4 },
    off: { guardInversion: false },
    words: 'correlate by -0.40',
  },
  {
    guard: 'label-drift',
    action: 'rewind',
    bad: { 'labels.driftP95': 6.2 },
    good: { 'labels.driftP95': 5 },
    off: { driftBudget: 0 },
    words: 'moved by more than 6.2',
  },
  {
    guard: 'labels-lost',
    action: 'rewind',
    bad: { 'labels.displacementLost': 0.4 },
    good: { 'labels.displacementLost': 0.2 },
    off: { driftBudget: 0 },
    words: 'in 40 % of the images what was there is not found again',
  },
];

describe.each(cases)('guard $guard', ({ guard, action, bad, good, off, words }) => {
  // A warning waits for 10 steps, an end for a second reading.
  const reached = action === 'warn' ? 2 : 1;

  test('speaks once when its condition has held long enough, and says what may help', () => {
    const findings = listen([bad, bad, bad, bad, bad, bad]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ guard, action, step: 5 * reached });
    expect(findings[0].message).toContain(words);
    expect(findings[0].remedies.length).toBeGreaterThan(0);
    for (const { text, changes } of findings[0].remedies) {
      expect(text).not.toBe('');
      expect(liveSettingsSchema.parse(changes)).toEqual(changes);
      expect(Object.entries(changes)).not.toEqual([]);
    }
  });

  test('says nothing to a bad reading between good ones, to readings of other things, or when off', () => {
    expect(listen([bad, good, bad, good, good, bad])).toEqual([]);
    expect(listen([bad, {}, {}, {}, {}])).toEqual([]);
    expect(listen([bad, bad, bad, bad], off)).toEqual([]);
  });

  test('speaks again when its condition comes back', () => {
    const spell = [bad, bad, bad, good];
    expect(listen([...spell, ...spell]).map(({ step }) => step)).toEqual([5 * reached, 5 * (reached + 4)]);
  });
});

test('labels that a label net follows are not lost with the structure', () => {
  const lost = { 'labels.displacementLost': 0.9, 'labels.driftP95': 1, 'labels.noiseFloor': 0.4 };
  expect(listen([lost, lost, lost, lost])).toEqual([]);
});

describe('remedies', () => {
  const textsOf = (readings: LatestMetrics, changes: Partial<TrainingConfig>): string[] =>
    listen([readings, readings, readings], changes).flatMap(({ remedies }) =>
      remedies.map(({ text }) => text),
    );

  test('are the bolder, the less the refiner changes', () => {
    expect(textsOf({ 'refiner.change': 1.5 }, { lambda: 8, kg: 2 })).toEqual([
      'lower λ to 2',
      'raise K_g to 4',
    ]);
    expect(textsOf({ 'refiner.change': 0.1 }, { lambda: 8 })).toContain('lower λ to 0.4');
    expect(textsOf({ 'refiner.change': 0 }, { lambda: 1000 })).toContain('lower λ to 10');
  });

  test('are such that something changes', () => {
    expect(textsOf({ 'realism.contrastCorrelation': -0.4 }, { lambda: 0 })).toEqual(['raise λ to 0.1']);
    expect(textsOf({ 'realism.contrastCorrelation': -0.4 }, { lambda: 900 })).toEqual(['raise λ to 1000']);
    expect(textsOf({ 'refiner.change': 0.1 }, { lambda: 0, kg: 1 })).toEqual(['raise K_g to 2']);
  });
});

test('images that are not like their input any more are not called its negatives', () => {
  const [lost] = listen(Array(2).fill({ 'realism.contrastCorrelation': -0.01 }));
  expect(lost.message).toBe(
    'Refined images have lost their input: the two correlate by -0.01; the same picture would by 1.',
  );
});

describe('a run that goes on from a checkpoint', () => {
  const guardsFrom = (state?: ReturnType<Guards['state']>): Guards =>
    createGuards(
      () => config,
      () => 15.28,
      state,
    );

  test.each(cases)('$guard is as patient as if it had never stopped', ({ bad, action }) => {
    const before = guardsFrom();
    expect(before.observe(0, bad)).toEqual([]);
    const after = guardsFrom(guardStateSchema.parse(JSON.parse(JSON.stringify(before.state()))));
    expect(after.observe(action === 'warn' ? 9 : 5, bad)).toHaveLength(action === 'warn' ? 0 : 1);
    expect(after.observe(10, bad)).toHaveLength(action === 'warn' ? 1 : 0);
  });

  test('what has warned does not warn again; what has ended the run watches afresh', () => {
    const before = guardsFrom();
    const bad = { 'refiner.change': 0.5, 'realism.diversity': 0.1 };
    const said = [0, 10].flatMap((step) => before.observe(step, bad));
    expect(said.map(({ action }) => action)).toEqual(['warn', 'stop']);
    const after = guardsFrom(before.state());
    expect(after.observe(20, bad)).toEqual([]);
    expect(after.observe(30, bad).map(({ guard }) => guard)).toEqual(['diversity-collapse']);
  });
});
