import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import type { ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import { histogramDistanceGrey } from '../base/histogram.ts';
import { applyToneCurve, fitToneCurve } from './histogram-match.ts';

/** Images of 8-bit grey levels that `draw` chooses in 0–255. */
function greyImages(count: number, channels: number, draw: (channel: number) => number): ImageBatch {
  const images = Float32Array.from({ length: count * 20 * 20 * channels }, (_, index) => {
    const level = Math.round(Math.max(0, Math.min(255, draw(index % channels))));
    return level / 127.5 - 1;
  });
  return { images, count, heightPx: 20, widthPx: 20, channels };
}

describe('histogram matching', () => {
  it('gives a set the distribution of another, per channel', () => {
    const random = createRandom(1);
    const source = greyImages(30, 3, (channel) => 80 + 30 * channel + 20 * random.normal());
    const target = greyImages(25, 3, (channel) => 255 * random.uniform() ** (channel + 1));
    const matched = applyToneCurve(source, fitToneCurve(source, target));
    expect(histogramDistanceGrey(source, target)).toBeGreaterThan(40);
    expect(histogramDistanceGrey(matched, target)).toBeLessThan(1.5);
    expect(matched.images.every((value) => value >= -1 && value <= 1)).toBe(true);
  });

  it('leaves a set as it is that has the distribution already', () => {
    const random = createRandom(2);
    const source = greyImages(20, 1, () => 128 + 50 * random.normal());
    const matched = applyToneCurve(source, fitToneCurve(source, source));
    expect(matched.images.every((value, index) => Math.abs(value - source.images[index]) < 1e-6)).toBe(true);
  });

  it('never turns darker into lighter', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.2, max: 4, noNaN: true }), (seed, gamma) => {
        const random = createRandom(seed);
        const source = greyImages(2, 1, () => 128 + 60 * random.normal());
        const target = greyImages(2, 1, () => 255 * random.uniform() ** gamma);
        const matched = applyToneCurve(source, fitToneCurve(source, target)).images;
        const order = Array.from(source.images.keys()).sort(
          (left, right) => source.images[left] - source.images[right],
        );
        return order.every(
          (place, index) => index === 0 || matched[place] >= matched[order[index - 1]] - 1e-6,
        );
      }),
      { numRuns: propertyRuns(30) },
    );
  });

  it('maps a constant set onto the middle of the target and refuses empty or differing ones', () => {
    const random = createRandom(3);
    const flat = greyImages(1, 1, () => 10);
    const target = greyImages(40, 1, () => 255 * random.uniform());
    const matched = applyToneCurve(flat, fitToneCurve(flat, target));
    expect((matched.images[0] + 1) * 127.5).toBeCloseTo(127.5, -1);
    expect(() => fitToneCurve({ ...flat, count: 0, images: new Float32Array() }, target)).toThrow(RangeError);
    expect(() =>
      fitToneCurve(
        greyImages(1, 3, () => 0),
        target,
      ),
    ).toThrow(/20×20×3/);
  });
});
