/** Plain filters that a refiner has to beat, in the order in which they are shown. */
export const BASELINES = ['histogram match', 'blur + noise', 'both'] as const;

export type Baseline = (typeof BASELINES)[number];
