import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import {
  equaliseHistogram,
  fromSigned,
  greyOf,
  greyStatistics,
  isolateForeground,
  restoreDepthMm,
  toBitDepth,
  toChannels,
  toSigned,
} from './normalise.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data');

/** The generator with which the expected numbers were made in Python (Numerical Recipes' constants). */
function congruential(count: number, seed: number, limit: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  });
}

describe('grey', () => {
  it('is to the bit what OpenCV 5.0 gives for COLOR_RGB2GRAY, 8 and 16 bit', () => {
    const colour = {
      pixels: Uint8Array.from(congruential(144, 1, 256)),
      widthPx: 8,
      heightPx: 6,
      channels: 3 as const,
    };
    expect([...toChannels(colour, 1, 'black').pixels]).toEqual([
      105, 103, 148, 160, 106, 72, 138, 99, 60, 140, 184, 124, 70, 188, 102, 142, 136, 68, 108, 93, 114, 167,
      194, 66, 119, 181, 145, 88, 104, 171, 127, 210, 54, 170, 159, 55, 158, 80, 50, 47, 195, 128, 144, 89,
      122, 131, 81, 145,
    ]);
    const deep = {
      pixels: Uint16Array.from(congruential(36, 2, 65536)),
      widthPx: 4,
      heightPx: 3,
      channels: 3 as const,
    };
    expect([...toChannels(deep, 1, 'black').pixels]).toEqual([
      44140, 39564, 52175, 20583, 45864, 35312, 7762, 48547, 16551, 35788, 18163, 30361,
    ]);
    expect(greyOf(65535, 65535, 65535)).toBe(65535);
  });

  it('lays alpha on mid-grey or black, and repeats grey for colour', () => {
    const one = (channels: 2 | 4, ...values: number[]) => ({
      pixels: Uint8Array.from(values),
      widthPx: 1,
      heightPx: 1,
      channels,
    });
    expect([...toChannels(one(4, 200, 100, 50, 0), 3, 'mid-grey').pixels]).toEqual([128, 128, 128]);
    expect([...toChannels(one(4, 200, 100, 50, 255), 3, 'mid-grey').pixels]).toEqual([200, 100, 50]);
    expect([...toChannels(one(2, 200, 51), 1, 'black').pixels]).toEqual([40]);
    expect([...toChannels(one(2, 9, 255), 3, 'black').pixels]).toEqual([9, 9, 9]);
  });
});

describe('equalisation', () => {
  it('is to the bit what OpenCV 5.0 gives for equalizeHist', () => {
    const pixels = Uint8Array.from(congruential(48, 3, 97), (value) => value + 60);
    expect([...equaliseHistogram(pixels)]).toEqual([
      157, 222, 222, 16, 92, 228, 250, 87, 114, 76, 250, 125, 33, 146, 38, 168, 71, 206, 136, 163, 190, 49,
      195, 201, 87, 49, 27, 98, 184, 22, 0, 184, 5, 239, 114, 255, 233, 60, 136, 114, 71, 152, 54, 125, 11,
      146, 212, 174,
    ]);
    expect([...equaliseHistogram(Uint8Array.of(7, 7, 7))]).toEqual([7, 7, 7]);
  });

  it('keeps the order of grey levels', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 200 }), (pixels) => {
        const equalised = equaliseHistogram(pixels);
        const order = [...pixels.keys()].sort((left, right) => pixels[left] - pixels[right]);
        for (let place = 1; place < order.length; place++) {
          expect(equalised[order[place]]).toBeGreaterThanOrEqual(equalised[order[place - 1]]);
        }
      }),
    );
  });

  it.skipIf(!existsSync(SHARED))(
    'finds MPIIGaze equalised (skipped where ../shared/data is absent)',
    async () => {
      const folder = join(SHARED, 'mpiigaze-crops');
      const files = (await readdir(folder)).filter((name) => name.endsWith('.png'));
      let mean = 0;
      let deviation = 0;
      for (const file of files) {
        const statistics = greyStatistics(await decodeImage(join(folder, file)));
        mean += statistics.mean / files.length;
        deviation += statistics.deviation / files.length;
      }
      expect(mean).toBeCloseTo(127, -1);
      expect(deviation).toBeCloseTo(74, -1);
    },
  );
});

describe('[−1, 1]', () => {
  it('gives every pixel back, 8 bit, 16 bit and in a depth window', () => {
    const levels = Uint8Array.from({ length: 256 }, (_, index) => index);
    const floats = new Float32Array(258);
    toSigned(levels, 255, floats, 1);
    expect([floats[0], floats[1], floats[256]]).toEqual([0, -1, 1]);
    expect(fromSigned(floats.subarray(1, 257), 255, 8)).toEqual(levels);
    for (const fullScale of [65535, 300]) {
      const deep = Uint16Array.from({ length: fullScale + 1 }, (_, index) => index);
      const signed = new Float32Array(deep.length);
      toSigned(deep, fullScale, signed);
      expect(fromSigned(signed, fullScale, 16)).toEqual(deep);
    }
    expect([...fromSigned(Float32Array.of(-3, 2, Number.NaN), 255, 8)]).toEqual([0, 255, 0]);
  });

  it('widens 8 to 16 bit and back', () => {
    const levels = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(toBitDepth(toBitDepth(levels, 16), 8)).toEqual(levels);
    expect(toBitDepth(levels, 16)[255]).toBe(65535);
  });
});

describe('depth', () => {
  const window = { foregroundOffsetMm: 600, windowMm: 300, invalidMm: [2001] };

  it('has background 0, millimetres from the offset, and nothing behind the window', () => {
    const depth = Uint16Array.of(0, 2001, 590, 601, 750, 900, 901, 65535);
    expect([...isolateForeground(depth, window)]).toEqual([0, 0, 1, 1, 150, 300, 0, 0]);
  });

  it('comes back inside the window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 601, max: 900 }), (depthMm) => {
        expect([...restoreDepthMm(isolateForeground(Uint16Array.of(depthMm, 0), window), window)]).toEqual([
          depthMm,
          0,
        ]);
      }),
    );
  });
});

describe('grey statistics', () => {
  it('count on the scale 0…255 for 8 and 16 bit', () => {
    const image = { pixels: Uint8Array.of(0, 100, 100, 200), widthPx: 2, heightPx: 2, channels: 1 as const };
    const statistics = greyStatistics(image);
    expect(statistics.mean).toBe(100);
    expect(statistics.deviation).toBeCloseTo(Math.sqrt(5000), 9);
    expect([statistics.histogram[0], statistics.histogram[100], statistics.histogram[200]]).toEqual([
      1, 2, 1,
    ]);
    const deep = greyStatistics({ ...image, pixels: toBitDepth(image.pixels, 16) });
    expect(deep.mean).toBeCloseTo(100, 9);
    expect(deep.histogram).toEqual(statistics.histogram);
  });
});
