import type { ImageBatch } from '../base/image-batch.ts';
import { applyBlurNoise, fitBlurNoise } from './blur-noise.ts';
import { applyToneCurve, fitToneCurve } from './histogram-match.ts';

/** Plain filters that a refiner has to beat, in the order in which they are shown. */
export const BASELINES = ['histogram match', 'blur + noise', 'both'] as const;
export type Baseline = (typeof BASELINES)[number];

const NOISE_SEED = 1;

/** Do you need a GAN? What a tone curve, blur and noise, and both make of the synthetic set, each fitted to the real one. */
export function applyBaselines(synthetic: ImageBatch, real: ImageBatch): Record<Baseline, ImageBatch> {
  const matched = applyToneCurve(synthetic, fitToneCurve(synthetic, real));
  const filmed = (batch: ImageBatch): ImageBatch =>
    applyBlurNoise(batch, fitBlurNoise(batch, real), NOISE_SEED);
  return { 'histogram match': matched, 'blur + noise': filmed(synthetic), both: filmed(matched) };
}
