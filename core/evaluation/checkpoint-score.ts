/**
 * How much of the way from synthetic to real the refined images have gone: 1 − distance(refined, real) /
 * distance(synthetic, real), up to 1 (cannot be told from real); 0 is none, and less is further away than they began.
 * Undefined where the synthetic images were not told from the real ones to begin with.
 */
export function realismGain(distance: number, distanceAtStart: number): number | undefined {
  if (!(distanceAtStart > 0) || Number.isNaN(distance)) return undefined;
  return Math.min(1, 1 - distance / distanceAtStart);
}

/**
 * How far labels can be trusted: 1 up to the drift budget, (budget / drift)² beyond, so that at twice the budget no
 * realism is worth it.
 */
export function preservation(drift: number, budget: number): number {
  return drift <= budget ? 1 : (budget / drift) ** 2;
}

/**
 * What checkpoints are ranked by: gain × preservation. A loss of realism counts the more, the less labels can be trusted, so
 * that drift is never a merit.
 */
export function checkpointScore(gain: number, preserved: number): number {
  return gain >= 0 ? gain * preserved : gain * (2 - preserved);
}
