import { quantile } from './statistics.ts';

/** Drift of a set: what half and what 95 % of its images stay under. */
export interface DriftQuantiles {
  readonly median: number;
  readonly p95: number;
}

/** Of distances between predictions; undefined where there is none. NaN, an image without labelled points, is left out. */
export function quantilesOf(distances: Float32Array): DriftQuantiles | undefined {
  const known = distances.filter((distance) => !Number.isNaN(distance));
  if (known.length === 0) return undefined;
  return { median: quantile(known, 0.5), p95: quantile(known, 0.95) };
}

/**
 * Distances as read, without what is read where nothing moved: √(read² − floor²), at least 0, each quantile against the
 * floor's own; squares, because the error of a prediction and a movement add up as independent displacements do. The
 * tail of the floor may be heavier than that of what was read, but 95 % stay under no less than half do.
 */
export function withoutFloor(read: DriftQuantiles, floor: DriftQuantiles): DriftQuantiles {
  const subtract = (value: number, noise: number): number => Math.sqrt(Math.max(0, value ** 2 - noise ** 2));
  const median = subtract(read.median, floor.median);
  return { median, p95: Math.max(median, subtract(read.p95, floor.p95)) };
}
