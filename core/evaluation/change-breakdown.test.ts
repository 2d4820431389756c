import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import { simulateEyes } from '../estimators/simulated-eyes.fixture.ts';
import { breakDownChange } from './change-breakdown.ts';

const eyes = simulateEyes(24, 1).images;
const changed = (change: (value: number, place: number) => number): ImageBatch => ({
  ...eyes,
  images: eyes.images.map(change),
});
const tone = (value: number): number => 0.6 * value + 0.15 - 0.2 * value ** 2;
/** A broad light that has nothing to do with the picture: another for every image. */
const light = (place: number): number => {
  const pixel = place % (55 * 35);
  const image = Math.floor(place / (55 * 35));
  return 0.2 * Math.sin((pixel % 55) / 9 + image) * Math.cos(Math.floor(pixel / 55) / 8 + 2 * image);
};

describe('made changes are told apart', () => {
  test('a tone curve is tone alone', () => {
    const parts = breakDownChange(eyes, changed(tone));
    expect(parts?.tone).toBeGreaterThan(0.999);
  });

  test('white noise is noise', () => {
    const random = createRandom(5);
    const parts = breakDownChange(
      eyes,
      changed((value) => value + 0.1 * random.normal()),
    );
    expect(parts?.noise).toBeGreaterThan(0.97);
  });

  test('a broad light is structure', () => {
    const parts = breakDownChange(
      eyes,
      changed((value, place) => value + light(place)),
    );
    expect(parts?.structure).toBeGreaterThan(0.95);
  });

  test('of all three together each has the share of its mean square', () => {
    const random = createRandom(6);
    const squares = { tone: 0, noise: 0, structure: 0 };
    const refined = changed((value, place) => {
      const parts = { tone: tone(value) - value, noise: 0.08 * random.normal(), structure: light(place) };
      squares.tone += parts.tone ** 2;
      squares.noise += parts.noise ** 2;
      squares.structure += parts.structure ** 2;
      return value + parts.tone + parts.noise + parts.structure;
    });
    const total = squares.tone + squares.noise + squares.structure;
    const parts = breakDownChange(eyes, refined);
    for (const part of ['tone', 'noise', 'structure'] as const) {
      expect(Math.abs((parts?.[part] ?? 0) - squares[part] / total)).toBeLessThan(0.03);
    }
  });
});

test('nothing that changed has no parts; unpaired images are refused', () => {
  expect(breakDownChange(eyes, eyes)).toBeUndefined();
  expect(() => breakDownChange(eyes, { ...eyes, count: 23, images: eyes.images.slice(55 * 35) })).toThrow(
    RangeError,
  );
});

test('shares are shares', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(1, 3), (seed, channels) => {
      const random = createRandom(seed);
      const draw = (): Float32Array =>
        Float32Array.from({ length: 2 * 9 * 7 * channels }, () => random.range(-1, 1));
      const size = { count: 2, heightPx: 7, widthPx: 9, channels };
      const parts = breakDownChange({ ...size, images: draw() }, { ...size, images: draw() });
      const values = parts ? [parts.tone, parts.noise, parts.structure] : [];
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
      expect(values.every((value) => value >= 0 && value <= 1 + 1e-9)).toBe(true);
    }),
  );
});
