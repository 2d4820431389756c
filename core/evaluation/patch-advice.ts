import { smooth, type Plane } from './plane.ts';

/** A patch in four numbers, in grey levels. */
export interface PatchLook {
  readonly mean: number;
  /** Standard deviation after smoothing by 1 px: light and dark, without grain. */
  readonly contrast: number;
  /** Standard deviation of white noise, after Immerkær 1996, "Fast Noise Variance Estimation". */
  readonly noise: number;
  /** Edge energy: root mean square of the gradient after smoothing by 1 px, per pixel. */
  readonly edges: number;
}

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
  return {
    mean,
    contrast: Math.sqrt(average(soft.map((value) => (value - softMean) ** 2))),
    noise: (Math.sqrt(Math.PI / 2) * residual) / (6 * inner),
    edges: Math.sqrt(edges / inner) / 2,
  };
}

/** What changes by less is not worth a word: in grey levels, and as a share of what was there. */
const LEAST_GREY = 0.3;
const LEAST_SHARE = 0.05;

/**
 * What was done to a patch, as advice to whoever draws it, the strongest first; empty where nothing simple was. Edges
 * are judged at equal contrast, which by itself makes them steeper.
 */
export function adviseChange(before: PatchLook, after: PatchLook): string[] {
  const levels = [
    { key: 'mean', words: ['make it lighter', 'make it darker'], scale: before.contrast },
    { key: 'contrast', words: ['raise the contrast', 'lower the contrast'], scale: before.contrast },
    { key: 'noise', words: ['add grain', 'take grain away'], scale: before.noise },
  ] as const;
  const advice = levels.flatMap(({ key, words: [more, less], scale }) => {
    const change = after[key] - before[key];
    const amount = `${before[key].toFixed(1)} → ${after[key].toFixed(1)} grey levels`;
    // A grey level counts for more where there are few.
    const share = Math.abs(change) / Math.max(1, scale);
    return Math.abs(change) < LEAST_GREY ? [] : [{ share, text: `${change > 0 ? more : less} (${amount})` }];
  });
  const sharpness = sharpnessOf(after) / sharpnessOf(before) - 1;
  const edges = sharpness > 0 ? 'sharpen its edges' : 'soften its edges';
  advice.push({
    share: Math.abs(sharpness),
    text: `${edges} (by ${(100 * Math.abs(sharpness)).toFixed(0)} %)`,
  });
  return advice
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((left, right) => right.share - left.share)
    .map(({ text }) => `${text[0].toUpperCase()}${text.slice(1)}.`);
}

function sharpnessOf({ edges, contrast }: PatchLook): number {
  return Math.max(edges, LEAST_GREY) / Math.max(contrast, LEAST_GREY);
}

function average(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
