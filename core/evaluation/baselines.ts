import type { ImageBatch } from '../base/image-batch.ts';
import type { Baseline } from '../contract/baselines.ts';
import { applyBlurNoise, fitBlurNoise } from './blur-noise.ts';
import { applyToneCurve, fitToneCurve } from './histogram-match.ts';

const NOISE_SEED = 1;

/** Do you need a GAN? What a tone curve, blur and noise, and both make of the synthetic set, each fitted to the real one. */
export function applyBaselines(synthetic: ImageBatch, real: ImageBatch): Record<Baseline, ImageBatch> {
  const matched = applyToneCurve(synthetic, fitToneCurve(synthetic, real));
  const filmed = (batch: ImageBatch): ImageBatch =>
    applyBlurNoise(batch, fitBlurNoise(batch, real), NOISE_SEED);
  return { 'histogram match': matched, 'blur + noise': filmed(synthetic), both: filmed(matched) };
}
