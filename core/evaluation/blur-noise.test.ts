import { describe, expect, test } from 'vitest';
import { GREY_LEVELS_PER_UNIT, type ImageBatch } from '../base/image-batch.ts';
import { simulateEyes } from '../estimators/simulated-eyes.fixture.ts';
import { applyBlurNoise, fitBlurNoise } from './blur-noise.ts';

const eyes = simulateEyes(60, 1).images;
const others = simulateEyes(60, 2).images;
const grey = (levels: number): number => levels / GREY_LEVELS_PER_UNIT;

/** Half the contrast and lighter, which is no blur and no noise. */
const flatter = (batch: ImageBatch): ImageBatch => ({
  ...batch,
  images: batch.images.map((value) => 0.5 * value + 0.1),
});

describe('what is known is found again in other eyes', () => {
  test.each([
    [0, 0],
    [0, 6],
    [0.8, 0],
    [1.2, 8],
    [2, 3],
  ])('blur %d px, noise %d grey levels', (blurPx, noiseGrey) => {
    const target = applyBlurNoise(flatter(others), { blurPx, noise: grey(noiseGrey) }, 7);
    const fitted = fitBlurNoise(eyes, target);
    // A Gaussian of 0.35 px leaves 98 % of a pixel where it is: it cannot be told from none.
    expect(Math.abs(fitted.blurPx - blurPx)).toBeLessThan(blurPx === 0 ? 0.35 : 0.2);
    // The two sets are of different eyes, whose structure differs a little by itself.
    expect(Math.abs(fitted.noise * GREY_LEVELS_PER_UNIT - noiseGrey)).toBeLessThan(1.2);
  });
});

test('noise has the deviation asked for, repeats by its seed, and stays in range', () => {
  const flat: ImageBatch = { ...eyes, images: eyes.images.map(() => 0.2) };
  const noisy = applyBlurNoise(flat, { blurPx: 1, noise: 0.1 }, 3);
  const deviation = Math.sqrt(
    noisy.images.reduce((sum, value) => sum + (value - 0.2) ** 2, 0) / noisy.images.length,
  );
  expect(deviation).toBeCloseTo(0.1, 3);
  expect(applyBlurNoise(flat, { blurPx: 1, noise: 0.1 }, 3).images).toEqual(noisy.images);
  const loud = applyBlurNoise(eyes, { blurPx: 0, noise: 2 }, 3);
  expect(loud.images.every((value) => value >= -1 && value <= 1)).toBe(true);
  expect(() => fitBlurNoise(eyes, { ...eyes, widthPx: 35, heightPx: 55 })).toThrow(RangeError);
});
