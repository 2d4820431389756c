import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import { createRandom } from '../base/random.ts';
import { augment } from './augmentation.ts';
import { drawEyes } from './drawn-eyes.ts';

const eyes = drawEyes({ count: 4, seed: 1, heightPx: 10, widthPx: 14 }).images;

describe('augmentation', () => {
  it('leaves images as they are where nothing is asked for', () => {
    expect(augment(eyes, undefined, createRandom(1))).toBe(eyes);
    const nothing = { shiftPx: 0, contrast: 0, brightness: 0 };
    expect(augment(eyes, nothing, createRandom(1)).images).toEqual(eyes.images);
  });

  it('shifts every image as a whole by no more than asked, with its border repeated', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, shiftPx) => {
        const shifted = augment(eyes, { shiftPx, contrast: 0, brightness: 0 }, createRandom(seed)).images;
        for (let index = 0; index < eyes.count; index++) {
          const differences = offsetsUpTo(shiftPx).map(([dx, dy]) => differenceAt(shifted, index, dx, dy));
          expect(Math.min(...differences)).toBe(0);
        }
      }),
      { numRuns: propertyRuns(20) },
    );
  });

  it('changes contrast and brightness within bounds, the same for a whole image', () => {
    const varied = augment(eyes, { shiftPx: 0, contrast: 0.2, brightness: 0.1 }, createRandom(2)).images;
    const differences = varied.map((value, place) => Math.abs(value - eyes.images[place]));
    expect(Math.max(...differences)).toBeLessThanOrEqual(0.3 + 1e-6);
    expect(Math.max(...differences)).toBeGreaterThan(0.05);
    expect(varied.every((value) => value >= -1 && value <= 1)).toBe(true);
  });
});

function offsetsUpTo(limit: number): [number, number][] {
  const range = Array.from({ length: 2 * limit + 1 }, (_, index) => index - limit);
  return range.flatMap((dx) => range.map((dy): [number, number] => [dx, dy]));
}

/** Largest difference between a shifted image and the original at that offset, away from the border. */
function differenceAt(shifted: Float32Array, index: number, dx: number, dy: number): number {
  const { widthPx, heightPx, images } = eyes;
  let largest = 0;
  for (let y = 3; y < heightPx - 3; y++) {
    for (let x = 3; x < widthPx - 3; x++) {
      const place = (index * heightPx + y) * widthPx + x;
      largest = Math.max(largest, Math.abs(shifted[place] - images[place - dy * widthPx - dx]));
    }
  }
  return largest;
}
