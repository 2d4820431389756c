/** Points within a pixel that are looked at, along each axis. */
const SAMPLES = 4;

/**
 * The share of each pixel that lies within a polygon, [h, w] from 0 to 1, by the even-odd rule. The left edge of the
 * first pixel is 0.
 */
export function polygonCoverage(
  points: readonly { readonly x: number; readonly y: number }[],
  { heightPx, widthPx }: { readonly heightPx: number; readonly widthPx: number },
): Float32Array {
  const coverage = new Float32Array(heightPx * widthPx);
  const weight = 1 / (SAMPLES * SAMPLES);
  for (let row = 0; row < heightPx * SAMPLES; row++) {
    const y = (row + 0.5) / SAMPLES;
    const crossings = crossingsAt(points, y);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const first = Math.max(0, Math.ceil(crossings[pair] * SAMPLES - 0.5));
      const last = Math.min(widthPx * SAMPLES - 1, Math.ceil(crossings[pair + 1] * SAMPLES - 0.5) - 1);
      for (let column = first; column <= last; column++) {
        coverage[Math.floor(row / SAMPLES) * widthPx + Math.floor(column / SAMPLES)] += weight;
      }
    }
  }
  return coverage;
}

/** Where the outline crosses a horizontal line, from the left. */
function crossingsAt(points: readonly { readonly x: number; readonly y: number }[], y: number): number[] {
  return points
    .flatMap((from, index) => {
      const to = points[(index + 1) % points.length];
      if (from.y <= y === to.y <= y) return [];
      return [from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)];
    })
    .sort((left, right) => left - right);
}
