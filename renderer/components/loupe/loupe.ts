/** One side of the comparison. */
export interface LoupePicture {
  readonly url: string;
  /** Where its values are read, if not from `url`: there a browser may be given others than the file has. */
  readonly valuesUrl?: string;
  /** Shown and spoken: "Synthetic", "Refined at step 2,000". */
  readonly title: string;
  /** What is seen, for those who do not see it: "yaw 12°, pitch −4°". */
  readonly alt?: string;
}

export const loupeModes = ['one', 'side', 'slider', 'blend', 'flicker', 'difference'] as const;
export type LoupeMode = (typeof loupeModes)[number];

/** Gains of the difference; each is twice the last. */
export const gains = [1, 2, 4, 8, 16] as const;
export type Gain = (typeof gains)[number];

export function stepGain(gain: Gain, by: 1 | -1): Gain {
  return gains[gains.indexOf(gain) + by] ?? gain;
}

/**
 * A and B take turns this often. A flash is a pair of changes, so it is two flashes a second: below the three that WCAG
 * 2.3.1 allows.
 */
export const FLICKER_MS = 250;
