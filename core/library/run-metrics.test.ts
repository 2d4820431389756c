import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointsAt } from './metric-points.ts';
import { bucketPoints } from './metric-series.ts';
import type { MetricReading, SeriesOptions } from './run-metrics.ts';
import type { Library } from './library.ts';
import { addRun, temporaryLibrary } from './temporary-library.ts';

function readBack(library: Library, runId: number, name: string, options: SeriesOptions = {}) {
  const { steps, mean } = library.runMetrics.series(runId, name, { maxPoints: 1e9, ...options });
  return steps.map((step, index): [number, number] => [step, mean[index]]);
}

const readingsOf = (from: number, to: number, every = 500): MetricReading[] =>
  Array.from({ length: to - from + 1 }, (_, index) => {
    const step = from + index;
    return {
      step,
      values: { loss: Math.fround(step / 3), ...(step % every === 0 ? { accuracy: step } : {}) },
    };
  });

test('readings come back over the border between rows and columns, dense and sparse', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  const other = addRun(library);
  library.runMetrics.append(other.id, [{ step: 1, values: { loss: -1 } }]);
  for (let from = 1; from <= 10_000; from += 250) {
    library.runMetrics.append(id, readingsOf(from, from + 249));
  }
  const all = Array.from({ length: 10_000 }, (_, index) => [index + 1, Math.fround((index + 1) / 3)]);
  expect(readBack(library, id, 'loss')).toEqual(all);
  expect(readBack(library, id, 'loss', { fromStep: 4_000, toStep: 8_500 })).toEqual(all.slice(3_999, 8_500));
  expect(readBack(library, id, 'accuracy').map(([step]) => step)).toEqual(
    Array.from({ length: 20 }, (_, index) => (index + 1) * 500),
  );
  expect(library.runMetrics.names(id)).toEqual(['loss', 'accuracy']);
  expect(library.runMetrics.latest(id)).toEqual({
    loss: { step: 10_000, value: Math.fround(10_000 / 3) },
    accuracy: { step: 10_000, value: 10_000 },
  });
  expect(readBack(library, id, 'nothing')).toEqual([]);
  expect(readBack(library, other.id, 'loss')).toEqual([[1, -1]]);
});

test('the newest reading of a rare metric is found behind many steps without it', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  library.runMetrics.append(id, readingsOf(500, 4_595, 4_000));
  library.runMetrics.append(id, readingsOf(4_596, 5_000, 4_000));
  expect(library.runMetrics.latest(id).accuracy).toEqual({ step: 4_000, value: 4_000 });
  library.runMetrics.append(id, readingsOf(5_001, 5_300, 5_002));
  expect(library.runMetrics.latest(id).accuracy).toEqual({ step: 5_002, value: 5_002 });
});

test('the newest readings of all runs are those of each', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const [dense, rare, fresh, empty] = [1, 2, 3, 4].map(() => addRun(library).id);
  library.runMetrics.append(dense, readingsOf(1, 4_200));
  library.runMetrics.append(rare, readingsOf(500, 4_700, 4_000));
  library.runMetrics.append(rare, readingsOf(4_701, 4_900, 4_702));
  library.runMetrics.append(fresh, [{ step: -1, values: { loss: NaN } }]);
  const all = library.runMetrics.latestOfAll();
  for (const id of [dense, rare, fresh]) expect(all.get(id)).toEqual(library.runMetrics.latest(id));
  expect(all.get(rare)?.accuracy).toEqual({ step: 4_702, value: 4_702 });
  expect(all.has(empty)).toBe(false);
  const [loss, accuracy] = library.runMetrics.manySeries(rare, ['loss', 'accuracy'], { maxPoints: 1e9 });
  expect(accuracy.steps).toEqual([4_000, 4_702]);
  expect(loss).toEqual(library.runMetrics.series(rare, 'loss', { maxPoints: 1e9 }));
});

test('a resumed run drops what came after its checkpoint and goes on', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  library.runMetrics.append(id, readingsOf(1, 4_096));
  library.runMetrics.append(id, readingsOf(4_097, 9_000));
  library.runMetrics.append(id, readingsOf(9_001, 9_100));
  for (const step of [9_050, 8_500, 3_000]) {
    library.runMetrics.truncateAfter(id, step);
    expect(readBack(library, id, 'loss').at(-1)?.[0]).toBe(step);
    expect(library.runMetrics.latest(id).accuracy.step).toBe(step - (step % 500));
  }
  library.runMetrics.append(id, readingsOf(3_001, 3_100));
  expect(readBack(library, id, 'loss')).toHaveLength(3_100);
  library.runMetrics.truncateAfter(id, 0);
  expect(library.runMetrics.latest(id)).toEqual({});
});

test('late readings take their place; the same one again replaces', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  library.runMetrics.append(id, readingsOf(1, 5_000));
  library.runMetrics.append(id, [
    { step: 100, values: { loss: -1, realism: 0.5 } },
    { step: 5_001, values: { loss: 7 } },
  ]);
  library.runMetrics.append(id, [{ step: 5_001, values: { loss: 8, realism: 0.75 } }]);
  const loss = readBack(library, id, 'loss');
  expect(loss.map(([step]) => step)).toEqual(Array.from({ length: 5_001 }, (_, index) => index + 1));
  expect(loss[99]).toEqual([100, -1]);
  expect(loss[5_000]).toEqual([5_001, 8]);
  expect(readBack(library, id, 'realism')).toEqual([
    [100, 0.5],
    [5_001, 0.75],
  ]);
});

test('a late reading stays, also when it is in columns and what surrounds it is cut', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  library.runMetrics.append(id, readingsOf(1, 4_096));
  library.runMetrics.append(id, [{ step: 100, values: { loss: -1 } }]);
  library.runMetrics.append(id, readingsOf(4_097, 8_200));
  library.runMetrics.truncateAfter(id, 2_000);
  expect(readBack(library, id, 'loss')[99]).toEqual([100, -1]);
  library.runMetrics.truncateAfter(id, 100);
  expect(library.runMetrics.latest(id).loss).toEqual({ step: 100, value: -1 });
});

test('numbers that are not finite are kept and counted, not averaged', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  const values = [1, NaN, 3, Infinity, NaN, NaN];
  library.runMetrics.append(
    id,
    values.map((loss, step) => ({ step, values: { loss } })),
  );
  expect(library.runMetrics.series(id, 'loss', { maxPoints: 3 })).toEqual({
    bucketSteps: 2,
    steps: [0, 2, 4],
    min: [1, 3, NaN],
    mean: [1, 3, NaN],
    max: [1, 3, NaN],
    nonFinite: 4,
  });
  expect(library.runMetrics.latest(id).loss).toEqual({ step: 5, value: NaN });
});

/** Mean and extremes of each of these buckets, from all readings one by one. */
function summedUp(all: readonly [number, number][], starts: readonly number[]) {
  return starts.map((start, place) => {
    const next = starts.at(place + 1) ?? Infinity;
    const values = all
      .filter(([step, value]) => step >= start && step < next && Number.isFinite(value))
      .map(([, value]) => value);
    const sum = values.reduce((total, value) => total + value, 0);
    return { min: Math.min(...values), mean: sum / values.length, max: Math.max(...values) };
  });
}

test('the curve of many steps, which is drawn from blocks, is that of all its readings', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { runMetrics } = library;
  const { id } = addRun(library);
  const expectTrue = (bucketSteps: number): void => {
    for (const name of ['loss', 'accuracy']) {
      const { steps, min, mean, max, ...series } = runMetrics.series(id, name, { maxPoints: 12 });
      const all = readBack(library, id, name);
      expect(series.bucketSteps).toBe(bucketSteps);
      expect(steps.length).toBeLessThanOrEqual(12);
      expect(steps[0]).toBe(all[0][0]);
      summedUp(all, steps).forEach((bucket, place) => {
        expect({ min: min[place], max: max[place] }).toEqual({ min: bucket.min, max: bucket.max });
        expect(mean[place]).toBeCloseTo(bucket.mean, 3);
      });
    }
  };
  // Below 0, since pre-training counts backwards; every 50th step, so that both have more readings than points.
  for (let from = -700; from < 9_300; from += 1_000) runMetrics.append(id, readingsOf(from, from + 999, 50));
  runMetrics.append(id, [{ step: 9_300, values: { loss: NaN, accuracy: 1 } }]);
  expectTrue(1_024);
  expect(runMetrics.series(id, 'loss', { maxPoints: 12 }).nonFinite).toBe(1);
  // A late reading, first in a row, then in a chunk of its own.
  runMetrics.append(id, [{ step: 100, values: { loss: -50_000, accuracy: -50_000 } }]);
  expect(runMetrics.series(id, 'loss', { maxPoints: 12 }).min).toContain(-50_000);
  runMetrics.append(id, readingsOf(9_301, 13_500, 50));
  expect(runMetrics.series(id, 'loss', { maxPoints: 12 }).min).toContain(-50_000);
  expectTrue(1_536);
  runMetrics.truncateAfter(id, 8_000);
  runMetrics.append(id, readingsOf(8_001, 13_000, 50));
  expectTrue(1_280);
  runMetrics.truncateAfter(id, -700);
  expect(readBack(library, id, 'loss')).toHaveLength(1);
});

test('buckets hold every reading once and no more points than asked', () => {
  const sparse = fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 400 });
  const dense = fc
    .record({ first: fc.integer({ min: -50, max: 50 }), length: fc.integer({ min: 1, max: 400 }) })
    .map(({ first, length }) => Array.from({ length }, (_, index) => first + index));
  const readings = fc.oneof(sparse, dense);
  const cuts = fc.array(fc.nat(400), { maxLength: 4 });
  fc.assert(
    fc.property(readings, cuts, fc.integer({ min: 1, max: 60 }), (unsorted, places, maxPoints) => {
      const steps = Int32Array.from(unsorted).sort();
      const values = Float32Array.from(steps, (step) => (step * 37) % 101);
      const edges = [0, ...places.toSorted((left, right) => left - right), steps.length];
      const pieces = edges.slice(1).map((end, index) => {
        return pointsAt(steps.slice(edges[index], end), values.slice(edges[index], end));
      });
      const series = bucketPoints(pieces, maxPoints);
      expect(series.steps.length).toBeLessThanOrEqual(maxPoints);
      let counted = 0;
      series.steps.forEach((first, index) => {
        const next = series.steps.at(index + 1) ?? Infinity;
        const inside = [...values].filter((_, place) => steps[place] >= first && steps[place] < next);
        counted += inside.length;
        expect(steps.includes(first)).toBe(true);
        expect(series.min[index]).toBe(Math.min(...inside));
        expect(series.max[index]).toBe(Math.max(...inside));
        expect(series.mean[index]).toBeCloseTo(
          inside.reduce((sum, value) => sum + value, 0) / inside.length,
          6,
        );
      });
      expect(counted).toBe(steps.length);
    }),
  );
});
