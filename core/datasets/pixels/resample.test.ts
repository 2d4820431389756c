import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resample, resampleNearest } from './resample.ts';

/** The generator with which the expected numbers were made in Python (Numerical Recipes' constants). */
function congruential(count: number, seed: number, limit: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  });
}

describe('resample', () => {
  it('shrinks as OpenCV 5.0 with INTER_AREA', () => {
    const image = {
      pixels: Uint8Array.from(congruential(63, 4, 256)),
      widthPx: 9,
      heightPx: 7,
      channels: 1 as const,
    };
    const small = resample(image, { x: 0, y: 0, width: 9, height: 7 }, 4, 3);
    expect([...small.pixels]).toEqual([135, 97, 140, 123, 101, 96, 124, 117, 152, 158, 104, 121]);
  });

  it('enlarges as OpenCV 5.0 with INTER_LINEAR', () => {
    // ×256 in 16 bit, so that rounding does not hide a wrong weight. OpenCV's weights have 11 bits.
    const pixels = Uint16Array.from(congruential(20, 5, 256), (value) => value * 256);
    const image = { pixels, widthPx: 5, heightPx: 4, channels: 1 as const };
    const large = resample(image, { x: 0, y: 0, width: 5, height: 4 }, 11, 9);
    OPENCV_LINEAR.forEach((value, index) => {
      expect(Math.abs(large.pixels[index] / 256 - value)).toBeLessThan(0.1);
    });
  });

  it('leaves the same size untouched, and a flat picture flat at any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 255 }),
        (widthPx, heightPx, toWidth, toHeight, level) => {
          const whole = { x: 0, y: 0, width: widthPx, height: heightPx };
          const noise = Uint8Array.from(congruential(widthPx * heightPx * 3, level, 256));
          const picture = { pixels: noise, widthPx, heightPx, channels: 3 as const };
          expect(resample(picture, whole, widthPx, heightPx).pixels).toEqual(noise);
          const flat = { ...picture, pixels: new Uint8Array(noise.length).fill(level) };
          expect(new Set(resample(flat, whole, toWidth, toHeight).pixels)).toEqual(new Set([level]));
        },
      ),
    );
  });

  it('repeats the border of a picture and gives 0 beyond the border of a depth map', () => {
    const image = { pixels: Uint16Array.of(500, 900), widthPx: 2, heightPx: 1, channels: 1 as const };
    const beyond = { x: -1, y: 0, width: 4, height: 1 };
    expect([...resample(image, beyond, 4, 1).pixels]).toEqual([500, 500, 900, 900]);
    expect([...resampleNearest(image, beyond, 4, 1).pixels]).toEqual([0, 500, 900, 0]);
    // Nothing between hand and wall, whatever the size.
    expect(new Set(resampleNearest(image, { x: 0, y: 0, width: 2, height: 1 }, 7, 3).pixels)).toEqual(
      new Set([500, 900]),
    );
  });
});

// prettier-ignore
const OPENCV_LINEAR = [
  241.0, 242.27, 245.46, 229.36, 136.18, 43.0, 122.09, 201.18, 189.73, 155.64, 142.0,
  229.5, 230.29, 232.26, 217.29, 134.56, 51.83, 120.54, 189.26, 178.51, 147.91, 135.67,
  198.83, 198.33, 197.07, 185.09, 130.24, 75.39, 116.42, 157.46, 148.62, 127.3, 118.78,
  162.72, 162.02, 160.28, 153.7, 127.74, 101.78, 116.25, 130.72, 122.82, 109.34, 103.94,
  88.5, 95.32, 112.36, 128.0, 138.0, 148.0, 143.68, 139.36, 125.77, 109.86, 103.5,
  14.28, 28.61, 64.44, 102.3, 148.26, 194.22, 171.12, 148.01, 128.72, 110.39, 103.06,
  81.22, 86.31, 99.04, 117.47, 158.74, 200.0, 154.04, 108.08, 120.18, 146.8, 157.44,
  168.33, 161.79, 145.42, 138.49, 169.24, 200.0, 130.61, 61.21, 110.0, 188.33, 219.67,
  201.0, 190.09, 162.82, 146.36, 173.18, 200.0, 121.82, 43.64, 106.18, 203.91, 243.0,
];
