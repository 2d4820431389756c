import type { OutputOf } from '../../../core/contract/contract.ts';

export type MetricSeries = OutputOf<'runs.metrics'>[number];

/** The last step of a series; undefined where it has no reading. */
export const lastStepOf = ({ steps }: MetricSeries): number | undefined => steps.at(-1);

/** A series with newer readings behind it. What comes before the newer ones stays as it is, in its own buckets. */
export function extendSeries(series: MetricSeries, newer: MetricSeries): MetricSeries {
  if (newer.steps.length === 0) return series;
  if (series.steps.length === 0) return newer;
  const last = series.steps[series.steps.length - 1];
  const from = newer.steps.findIndex((step) => step > last);
  if (from < 0) return series;
  return {
    name: series.name,
    bucketSteps: series.bucketSteps,
    steps: [...series.steps, ...newer.steps.slice(from)],
    min: [...series.min, ...newer.min.slice(from)],
    mean: [...series.mean, ...newer.mean.slice(from)],
    max: [...series.max, ...newer.max.slice(from)],
    nonFinite: series.nonFinite + newer.nonFinite,
  };
}
