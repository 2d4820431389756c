import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { drawEyes } from './drawn-eyes.ts';
import { changeRendering } from './rendering-change.ts';

const eyes = drawEyes({ count: 20, seed: 1 }).images;

describe('change of rendering', () => {
  it('is strong, within the range, the same for a seed and another for each image', () => {
    const changed = changeRendering(eyes, createRandom(1));
    expect(changeRendering(eyes, createRandom(1))).toEqual(changed);
    expect(changed.images.every((value) => value >= -1 && value <= 1)).toBe(true);
    const difference = changed.images.reduce(
      (sum, value, place) => sum + Math.abs(value - eyes.images[place]),
      0,
    );
    // The paper's refiner changes eyes by 33 grey levels.
    expect((127.5 * difference) / eyes.images.length).toBeGreaterThan(25);
    const twice = {
      ...eyes,
      count: 2,
      images: new Float32Array([...eyes.images.subarray(0, 1925), ...eyes.images.subarray(0, 1925)]),
    };
    const { images } = changeRendering(twice, createRandom(2));
    expect(images.subarray(0, 1925)).not.toEqual(images.subarray(1925));
  });

  it('takes colour and flat pictures', () => {
    const flat = {
      images: new Float32Array(10 * 12 * 3).fill(-1),
      count: 1,
      heightPx: 10,
      widthPx: 12,
      channels: 3,
    };
    const { images } = changeRendering(flat, createRandom(1));
    expect(images).toHaveLength(360);
    expect(images.every(Number.isFinite)).toBe(true);
  });
});
