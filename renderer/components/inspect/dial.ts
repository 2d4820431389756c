import type { OutputOf } from '../../../core/contract/contract.ts';

export type Dial = NonNullable<OutputOf<'inspect.dial'>>;
export type DialPoint = Dial['points'][number];

export const MOST_ALPHA = 1.5;
export const ALPHA_STEP = 0.05;

/** What was measured at an α: between two that were tried, in proportion. Undefined where nothing was. */
export function readingAt(points: readonly DialPoint[], alpha: number): DialPoint | undefined {
  const right = points.findIndex((point) => point.alpha >= alpha);
  const after = points[right === -1 ? points.length - 1 : right];
  const before = points[Math.max(0, (right === -1 ? points.length : right) - 1)];
  if (!before || !after) return undefined;
  const span = after.alpha - before.alpha;
  const share = span > 0 ? Math.max(0, Math.min(1, (alpha - before.alpha) / span)) : 1;
  const mix = (key: keyof DialPoint): number => before[key] + share * (after[key] - before[key]);
  return {
    alpha,
    discriminator: mix('discriminator'),
    foolsShare: mix('foolsShare'),
    driftMedianPx: mix('driftMedianPx'),
    driftP95Px: mix('driftP95Px'),
    changeGrey: mix('changeGrey'),
  };
}

/** An α as an address has it; undefined where it has none. */
export function alphaOf(written: unknown): number | undefined {
  if (typeof written !== 'string' || written === '') return undefined;
  const alpha = Number(written);
  return alpha >= 0 && alpha <= MOST_ALPHA ? alpha : undefined;
}
