/** A value at a step; the value may be no finite number, which is a gap in the curve. */
export type Point = readonly [step: number, value: number];

/**
 * At most `limit` (from 5 on) of the points, in order: the first, the last, and of every stretch between them its lowest
 * and highest value, so that no peak is lost; where values are not finite, one point of the stretch that says so.
 */
export function downSample(points: readonly Point[], limit: number): readonly Point[] {
  if (points.length <= limit) return points;
  const hasGaps = points.some(([, value]) => !Number.isFinite(value));
  const stretches = Math.floor((limit - 2) / (hasGaps ? 3 : 2));
  const interior = points.length - 2;
  const kept: Point[] = [points[0]];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const start = 1 + Math.floor((stretch * interior) / stretches);
    const end = 1 + Math.floor(((stretch + 1) * interior) / stretches);
    for (const index of notable(points, start, end)) kept.push(points[index]);
  }
  kept.push(points[points.length - 1]);
  return kept;
}

/** Places in [start, end) of the lowest, the highest and the first non-finite value, in order. */
function notable(points: readonly Point[], start: number, end: number): number[] {
  let lowest = -1;
  let highest = -1;
  let gap = -1;
  for (let index = start; index < end; index++) {
    const value = points[index][1];
    if (!Number.isFinite(value)) {
      if (gap < 0) gap = index;
      continue;
    }
    if (lowest < 0 || value < points[lowest][1]) lowest = index;
    if (highest < 0 || value > points[highest][1]) highest = index;
  }
  return [...new Set([lowest, highest, gap])].filter((index) => index >= 0).sort((a, b) => a - b);
}
