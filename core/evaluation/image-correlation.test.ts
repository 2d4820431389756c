import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import { selectImages, type ImageBatch } from '../base/image-batch.ts';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { correlationsOf, variety } from './image-correlation.ts';

const eyes = drawEyes({ count: 8, seed: 1, heightPx: 10, widthPx: 14 }).images;
const scaled = (gain: number, offset: number): ImageBatch => ({
  ...eyes,
  images: eyes.images.map((value) => gain * value + offset),
});

describe('image correlation', () => {
  it('is 1 under any gain and offset, −1 under a negative', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 3, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (gain, offset) => {
          for (const correlation of correlationsOf(scaled(gain, offset), eyes)) {
            expect(correlation).toBeCloseTo(1, 4);
          }
          for (const correlation of correlationsOf(scaled(-gain, offset), eyes)) {
            expect(correlation).toBeCloseTo(-1, 4);
          }
        },
      ),
      { numRuns: propertyRuns(20) },
    );
  });

  it('does not know flat images, and refuses pairs that are none', () => {
    expect([...correlationsOf(scaled(0, 0.3), eyes)].every(Number.isNaN)).toBe(true);
    expect(() => correlationsOf(eyes, selectImages(eyes, [0]))).toThrow(RangeError);
  });
});

describe('variety', () => {
  it('is 1 less the mean correlation of all pairs, counted one by one', () => {
    let [sum, pairs] = [0, 0];
    for (let left = 0; left < eyes.count; left++) {
      for (let right = 0; right < left; right++) {
        sum += correlationsOf(selectImages(eyes, [left]), selectImages(eyes, [right]))[0];
        pairs += 1;
      }
    }
    expect(variety(eyes)).toBeCloseTo(1 - sum / pairs, 9);
    expect(variety(scaled(0.2, 0.5))).toBeCloseTo(1 - sum / pairs, 4);
  });

  it('is 0 of one picture many times, and unknown without two that are not flat', () => {
    expect(variety(selectImages(eyes, [3, 3, 3]))).toBeCloseTo(0, 9);
    expect(variety(selectImages(eyes, [3]))).toBeUndefined();
    expect(variety(scaled(0, 0.3))).toBeUndefined();
  });
});
