import type { LatestMetrics } from './health.ts';

/** Without a label net, structure that is not found again in so many images leaves nothing to judge labels by. */
const MOST_LOST = 0.25;

/**
 * The share of images whose labels cannot be followed any more, because the structure that they stand for is not found
 * again; undefined where it is small, or where a label net follows them.
 */
export function lostLabels(metrics: LatestMetrics): number | undefined {
  const { 'labels.displacementLost': lost = 0, 'labels.noiseFloor': floor } = metrics;
  return floor === undefined && lost > MOST_LOST ? lost : undefined;
}

/** Whether an evaluation found the labels of all but a few images where they were; undefined where it did not look. */
export function holdLabels(metrics: LatestMetrics, budget: number): boolean | undefined {
  const drift = metrics['labels.driftP95'];
  if (lostLabels(metrics) !== undefined) return false;
  return drift === undefined ? undefined : drift <= budget;
}
