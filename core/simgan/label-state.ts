import type { LatestMetrics } from './health.ts';

/** Without a label net, structure that is not found again in so many images leaves nothing to judge labels by. */
const MOST_LOST = 0.25;

/** As many as may be over the drift budget, of whose 95th percentile is spoken. */
const NOTABLE_LOST = 0.05;

/** The share of images whose structure is not found again where no label net follows labels. */
const lostShare = ({
  'labels.displacementLost': lost = 0,
  'labels.noiseFloor': floor,
}: LatestMetrics): number => (floor === undefined ? lost : 0);

/**
 * The share of images whose labels cannot be followed any more, because the structure that they stand for is not found
 * again; undefined where it is small, or where a label net follows them.
 */
export function lostLabels(metrics: LatestMetrics): number | undefined {
  const lost = lostShare(metrics);
  return lost > MOST_LOST ? lost : undefined;
}

/** The share of images whose labels can be followed, where some cannot and they are not lost; undefined otherwise. */
export function followedShare(metrics: LatestMetrics): number | undefined {
  const lost = lostShare(metrics);
  return lost > NOTABLE_LOST && lost <= MOST_LOST ? 1 - lost : undefined;
}

/** That labels hold in a share of the images, of which 95 % drift by at most so much. */
export function describeHoldIn(followed: number, drift: string): string {
  return `labels hold in ${Math.round(100 * followed)} % of the images (95 % of these within ${drift}), in the others they cannot be followed`;
}

/** Whether an evaluation found the labels of all but a few images where they were; undefined where it did not look. */
export function holdLabels(metrics: LatestMetrics, budget: number): boolean | undefined {
  const drift = metrics['labels.driftP95'];
  if (lostLabels(metrics) !== undefined) return false;
  return drift === undefined ? undefined : drift <= budget;
}
