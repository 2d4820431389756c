import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../../engine/engine.ts';
import { quietHooks, studioWithEyes, type TestStudio } from '../../../test/support/studio.ts';
import { rankProbe, probeRows } from './probe-report.ts';
import { describeSettings, gridOf } from './probe-settings.ts';
import { lastProbeNumber, planProbe, probeRuns, trainProbe, type ProbeRun } from './probe.ts';
import { workOffQueue } from '../queue/queue-work.ts';
import { listQueue } from '../queue/queue.ts';
import { mustGetRun } from '../runs/runs.ts';
import { startTraining } from '../training/training-run.ts';

/** Many short trainings, on a machine that may be busy. */
const PATIENCE_MS = 30_000;

const wish = { engine: 'wasm', threads: 1 } as const;

let engine: Engine;
let studio: TestStudio;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());
beforeEach(async () => {
  studio = await studioWithEyes(8);
  return () => studio[Symbol.dispose]();
});

const plan = (changes = {}) =>
  planProbe(
    studio.library,
    studio.request({ steps: 5, ...changes }),
    gridOf({ lambda: [0.1, 1], kg: [1, 2] }),
    wish,
    quietHooks(),
  );
const again = (runs: readonly ProbeRun[]) => runs.map(({ run }) => mustGetRun(studio.library, run.id));

test('a grid has every combination once', () => {
  const some = (values: fc.Arbitrary<number>) => fc.uniqueArray(values, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      some(fc.double({ min: 0.01, max: 9, noNaN: true })),
      some(fc.integer({ min: 1, max: 9 })),
      (lambda, kg) => {
        const grid = gridOf({ lambda, kg });
        expect(grid).toHaveLength(lambda.length * kg.length);
        expect(new Set(grid.map((one) => JSON.stringify(one))).size).toBe(grid.length);
        expect(new Set(grid.map(describeSettings)).size).toBe(grid.length);
      },
    ),
  );
  expect(gridOf({ psi: ['identity', 'derivatives'] }).map(describeSettings)).toEqual([
    'ψ=identity',
    'ψ=derivatives',
  ]);
  expect(gridOf({})).toEqual([{}]);
});

describe('a probe', { timeout: PATIENCE_MS }, () => {
  test('trains its variants in turn, each to what it is when trained alone', async () => {
    const { library } = studio;
    const runs = await plan();
    expect(runs.map(({ run }) => run.name)).toEqual([
      'probe 1 λ=0.1 K_g=1',
      'probe 1 λ=0.1 K_g=2',
      'probe 1 λ=1 K_g=1',
      'probe 1 λ=1 K_g=2',
    ]);
    // Were the process to die, the queue would finish them.
    expect(listQueue(library).map(({ status }) => status)).toEqual(Array(4).fill('queued'));
    const steps: number[][] = [];
    await trainProbe(library, engine, runs, 2, {
      ...quietHooks(),
      onProgress: () => steps.push(again(runs).map(({ step }) => step)),
    });
    // None is ever a slice and what a slice saves ahead of another.
    for (const now of steps) expect(Math.max(...now) - Math.min(...now)).toBeLessThanOrEqual(3);
    expect(again(runs).map(({ status, step }) => [status, step])).toEqual(Array(4).fill(['done', 5]));

    const alone = await startTraining(
      library,
      engine,
      studio.request({ steps: 5, lambda: 0.1, kg: 2 }),
      quietHooks(),
    );
    const weights = (runId: number) => library.checkpoints.get(runId, 5)?.sha256;
    expect(weights(runs[1].run.id)).toBe(weights(alone.id));
    const change = (runId: number) => library.runMetrics.series(runId, 'refiner.change');
    expect(change(runs[1].run.id)).toEqual(change(alone.id));
    expect(weights(runs[0].run.id)).not.toBe(weights(alone.id));
  });

  test('is found again by its number, and the next one has the next', async () => {
    const first = await plan();
    const second = await plan();
    expect(lastProbeNumber(studio.library)).toBe(2);
    expect(probeRuns(studio.library, 1).map(({ run }) => run.id)).toEqual(first.map(({ run }) => run.id));
    expect(second[0].run.name).toBe('probe 2 λ=0.1 K_g=1');
    expect(second[0].run.notes).toBe('A variant of probe 2.');
    expect(() => probeRuns(studio.library, 3)).toThrow('There is no probe 3.');
  });

  test('that is stopped keeps what it has; one whose process died is finished by the queue', async () => {
    const { library } = studio;
    const stopped = await plan();
    const controller = new AbortController();
    await trainProbe(library, engine, stopped, 3, {
      ...quietHooks([], controller.signal),
      onProgress: ({ done }) => {
        if (done > 10) controller.abort();
      },
    });
    expect(again(stopped).map(({ status }) => status)).toEqual(Array(4).fill('stopped'));
    expect(listQueue(library)).toEqual([]);

    const left = await plan();
    const { ended } = await workOffQueue(library, (_wish, work) => work(engine), quietHooks());
    expect(ended.map(({ id, step }) => [id, step])).toEqual(left.map(({ run }) => [run.id, 5]));
  });

  test('goes on with the others when one breaks down, and says which', async () => {
    const { library } = studio;
    const runs = await planProbe(
      library,
      studio.request({ steps: 5, optimizer: 'sgd', lossReduction: 'sum' }),
      gridOf({ refinerLearningRate: [10, 1e-6], discriminatorLearningRate: [10, 1e-6] }),
      wish,
      quietHooks(),
    );
    const notes: string[] = [];
    await trainProbe(library, engine, runs, 2, quietHooks(notes));
    const { results } = rankProbe(library, probeRuns(library, 1));
    const broken = results.filter(({ isBroken }) => isBroken);
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.map(({ status }) => status)).toEqual(broken.map(() => 'failed'));
    expect(results.slice(-broken.length)).toEqual(broken);
    expect(results.slice(0, -broken.length).map(({ status, step }) => [status, step])).toEqual(
      Array(4 - broken.length).fill(['done', 5]),
    );
    for (const { name } of broken) {
      expect(notes).toContainEqual(expect.stringContaining(`${name} failed: Training broke down`));
    }
  });
});

describe('the ranking', { timeout: PATIENCE_MS }, () => {
  const measure = (run: ProbeRun, step: number, distance: number) =>
    studio.library.runMetrics.append(run.run.id, [
      { step, values: { 'refiner.histogramDistance': distance } },
    ]);

  test('goes by the histogram distance of the last quarter, and broken variants come last', async () => {
    const { library } = studio;
    const runs = await plan();
    runs.forEach((run, index) => {
      library.runs.heartbeat(run.run.id, 100);
      measure(run, 50, 100 - index);
      measure(run, 80, [9, 5, 7, 1][index]);
      measure(run, 100, [7, 3, 5, 1][index]);
    });
    library.runs.setStatus(runs[3].run.id, 'stopped');
    const finding = { guard: 'inversion', action: 'stop', message: 'They are negatives.', remedies: [] };
    library.runEvents.add(runs[3].run.id, { step: 90, kind: 'guard', content: finding });
    const warning = { guard: 'no-change', action: 'warn', message: 'It does nothing.', remedies: [] };
    library.runEvents.add(runs[0].run.id, { step: 90, kind: 'guard', content: warning });
    const { results, rankedBy } = rankProbe(library, probeRuns(library, 1));
    expect(rankedBy).toBe('histogram distance');
    expect(results.map(({ variant, histogramDistanceGrey }) => [variant, histogramDistanceGrey])).toEqual([
      ['λ=0.1 K_g=2', 4],
      ['λ=1 K_g=1', 6],
      ['λ=0.1 K_g=1', 8],
      ['λ=1 K_g=2', 1],
    ]);
    expect(results.map(({ guards }) => guards)).toEqual([
      [],
      [],
      ['It does nothing.'],
      ['They are negatives.'],
    ]);
  });

  test('goes by the score where every variant was evaluated', async () => {
    const { library } = studio;
    const runs = await plan();
    const score = (run: ProbeRun, value: number): void => {
      const file = { path: 'checkpoints/7', sha256: '0'.repeat(64), bytes: 1 };
      library.checkpoints.record(run.run.id, { step: 7, ...file });
      library.checkpoints.setScores(run.run.id, 7, { score: value, drift: value * 2 });
    };
    runs.slice(0, 3).forEach((run, index) => score(run, index));
    expect(rankProbe(library, probeRuns(library, 1)).rankedBy).toBe('histogram distance');
    score(runs[3], 1.5);
    const { results, rankedBy } = rankProbe(library, probeRuns(library, 1));
    expect(rankedBy).toBe('score');
    expect(results.map((one) => one.score)).toEqual([2, 1.5, 1, 0]);
    expect(results[0].driftP95).toBe(4);
  });

  test('is shown with the synthetic images above it and real ones below', async () => {
    const { library } = studio;
    const runs = await plan({ previewSamples: 3 });
    await trainProbe(library, engine, runs, 50, quietHooks());
    const ranking = rankProbe(library, probeRuns(library, 1));
    const rows = await probeRows(library, ranking);
    expect(rows.map(({ label }) => label)).toEqual([
      'synthetic',
      ...ranking.results.map(({ name }) => name),
      'real',
    ]);
    for (const { images } of rows) expect(images).toHaveLength(3);
  });
});
