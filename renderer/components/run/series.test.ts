import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extendSeries, lastStepOf, type MetricSeries } from './series.ts';

const seriesOf = (steps: number[]): MetricSeries => ({
  name: 'refiner.loss',
  bucketSteps: 1,
  steps,
  min: steps.map((step) => step - 1),
  mean: steps,
  max: steps.map((step) => step + 1),
  nonFinite: 0,
});

test('reading in parts gives the same series as reading at once, also where the parts overlap', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: -20, max: 200 }), { minLength: 1 }),
      fc.nat(),
      fc.nat({ max: 5 }),
      (raw, cut, overlap) => {
        const steps = raw.sort((left, right) => left - right);
        const at = cut % (steps.length + 1);
        const before = seriesOf(steps.slice(0, at));
        const after = seriesOf(steps.slice(Math.max(0, at - overlap)));
        const whole = extendSeries(before, after);
        expect(whole).toEqual(seriesOf(steps));
        expect(lastStepOf(whole)).toBe(steps.at(-1));
      },
    ),
  );
});
