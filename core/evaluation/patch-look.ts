import { smooth, type Plane } from './plane.ts';

/** A patch in four numbers. */
export interface PatchLook {
  /** In grey levels, as the next two. */
  readonly mean: number;
  /** Standard deviation after smoothing by 1 px: light and dark, without grain. */
  readonly contrast: number;
  /** Standard deviation of white noise, after Immerkær 1996, "Fast Noise Variance Estimation". */
  readonly noise: number;
  /** How steep edges are, whatever the contrast: root mean square of the gradient after smoothing by 1 px, over contrast; per pixel. */
  readonly sharpness: number;
}

/** A patch with less has no edges to speak of. */
const LEAST_CONTRAST = 0.3;

/** Planes of grey levels of 3×3 pixels and more. */
export function lookOfPatch(plane: Plane): PatchLook {
  const { values, heightPx, widthPx } = plane;
  const soft = smooth(plane, 1);
  const mean = average(values);
  const softMean = average(soft);
  let edges = 0;
  let residual = 0;
  for (let y = 1; y < heightPx - 1; y++) {
    for (let x = 1; x < widthPx - 1; x++) {
      const at = y * widthPx + x;
      edges += (soft[at + 1] - soft[at - 1]) ** 2 + (soft[at + widthPx] - soft[at - widthPx]) ** 2;
      // The mask cancels planes and edges along both axes, and leaves noise times 6.
      residual += Math.abs(
        4 * values[at] -
          2 * (values[at - 1] + values[at + 1] + values[at - widthPx] + values[at + widthPx]) +
          (values[at - widthPx - 1] +
            values[at - widthPx + 1] +
            values[at + widthPx - 1] +
            values[at + widthPx + 1]),
      );
    }
  }
  const inner = Math.max(1, (heightPx - 2) * (widthPx - 2));
  const contrast = Math.sqrt(average(soft.map((value) => (value - softMean) ** 2)));
  return {
    mean,
    contrast,
    noise: (Math.sqrt(Math.PI / 2) * residual) / (6 * inner),
    sharpness: Math.sqrt(edges / inner) / 2 / Math.max(LEAST_CONTRAST, contrast),
  };
}

function average(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
