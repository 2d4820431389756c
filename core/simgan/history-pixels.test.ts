import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import { compressPixels, expandPixels } from './history-pixels.ts';

const layouts = fc.record({
  heightPx: fc.integer({ min: 1, max: 5 }),
  widthPx: fc.integer({ min: 1, max: 5 }),
  channels: fc.constantFrom(1, 3),
});

describe.each([8, 16] as const)('pixels of %i bits', (bits) => {
  const ArrayType = bits === 8 ? Uint8Array : Uint16Array;

  test('come back as they were', async () => {
    const cases = fc.tuple(layouts, fc.integer({ min: 0, max: 3 })).chain(([layout, images]) => {
      const length = images * layout.heightPx * layout.widthPx * layout.channels;
      const value = fc.integer({ min: 0, max: 2 ** bits - 1 });
      return fc.tuple(fc.constant(layout), fc.array(value, { minLength: length, maxLength: length }));
    });
    await fc.assert(
      fc.asyncProperty(cases, async ([layout, values]) => {
        const pixels = ArrayType.from(values);
        const bytes = await compressPixels(pixels, layout);
        expect(await expandPixels(bytes, pixels.length, bits, layout)).toEqual(pixels);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test('take few bytes where neighbours are alike', async () => {
    const layout = { heightPx: 35, widthPx: 55, channels: 1 };
    const places = Array.from({ length: 35 * 55 }, (_, index) => index);
    const slope = ArrayType.from(places.map((place) => (place % 55) * 3 + Math.floor(place / 55)));
    expect((await compressPixels(slope, layout)).length).toBeLessThan(slope.byteLength / 20);
  });

  test('are refused where a byte has changed, or one is missing', async () => {
    const layout = { heightPx: 2, widthPx: 3, channels: 1 };
    const pixels = ArrayType.of(9, 8, 7, 60, 5, 4);
    const bytes = await compressPixels(pixels, layout);
    await expect(expandPixels(bytes.subarray(0, -1), 6, bits, layout)).rejects.toThrow('do not unpack');
    const changed = Uint8Array.from(bytes);
    changed[changed.length - 1] ^= 1;
    await expect(expandPixels(changed, 6, bits, layout)).rejects.toThrow('do not unpack');
    await expect(expandPixels(bytes, 12, bits, layout)).rejects.toThrow('as many pixels');
  });
});
