import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeImage, encodePng } from './decode.ts';
import { boxAround, depthStatistics, proposeDepth, readDepth, squareAround } from './depth.ts';
import type { Raster } from './raster.ts';

const NYU_FRAME = join(import.meta.dirname, '../../../../shared/data/nyu-hand/depth_1_0000001.png');

const deep = (values: readonly number[], widthPx = values.length): Raster => ({
  pixels: Uint16Array.from(values),
  widthPx,
  heightPx: values.length / widthPx,
  channels: 1,
});
/** Packed as NYU Hand Pose does. */
const packed = (values: readonly number[]): Raster => ({
  pixels: Uint8Array.from(values.flatMap((value) => [0, value >> 8, value & 255])),
  widthPx: values.length,
  heightPx: 1,
  channels: 3,
});

describe('reading depth', () => {
  test('16-bit grey is millimetres, and values that say "nothing measured" become 0', () => {
    const image = deep([0, 700, 2001, 32_001]);
    const invalidMm = [2001, 32_001];
    expect([...readDepth(image, { encoding: 'grey', invalidMm }, 'a').pixels]).toEqual([0, 700, 0, 0]);
    expect([...image.pixels]).toEqual([0, 700, 2001, 32_001]);
  });

  test('green and blue are its two bytes, whatever red holds', () => {
    const image = packed([731, 2001, 255, 65_535]);
    image.pixels[0] = 9;
    expect([...readDepth(image, { encoding: 'green-blue', invalidMm: [2001] }, 'a').pixels]).toEqual([
      731, 0, 255, 65_535,
    ]);
  });

  test('a picture of another kind is refused by name', () => {
    const grey: Raster = { pixels: new Uint8Array(4), widthPx: 2, heightPx: 2, channels: 1 };
    expect(() => readDepth(grey, { encoding: 'grey' }, 'a.png')).toThrow(/a\.png holds no depth.*16 bit/);
    expect(() => readDepth(grey, { encoding: 'green-blue' }, 'a.png')).toThrow(/no 8-bit colours/);
    expect(() => readDepth(deep([1]), { encoding: 'green-blue' }, 'a.png')).toThrow(/no 8-bit colours/);
  });

  test('a file is decoded as depth where its dataset says so', async () => {
    const file = encodePng({ pixels: Uint16Array.from([700, 2001]), widthPx: 2, heightPx: 1, channels: 1 });
    const depth = { encoding: 'grey', foregroundOffsetMm: 400, windowMm: 400 } as const;
    const decoded = await decodeImage(file, 'a.png', { ...depth, invalidMm: [2001] });
    expect(decoded).toMatchObject({ bitDepth: 16, channels: 1 });
    expect([...decoded.pixels]).toEqual([700, 0]);
  });
});

test('statistics are of what was measured, in millimetres', () => {
  expect(depthStatistics(Uint16Array.from([0, 0, 600, 800]))).toEqual({
    meanMm: 700,
    deviationMm: 100,
    measuredShare: 0.5,
  });
  expect(depthStatistics(new Uint16Array(3))).toEqual({ meanMm: 0, deviationMm: 0, measuredShare: 0 });
});

describe('the part that is used', () => {
  /** A block of 700 mm before a wall of 1500 mm, with one speck far from it. */
  const scene = (): Raster => {
    const pixels = new Uint16Array(100 * 80).fill(1500);
    for (let y = 30; y < 50; y++) for (let x = 60; x < 70; x++) pixels[y * 100 + x] = 700;
    pixels[0] = 700;
    return { pixels, widthPx: 100, heightPx: 80, channels: 1 };
  };

  test('is a square around what lies in the window, not around a speck', () => {
    const raster = readDepth(scene(), { encoding: 'grey' }, 'a');
    const box = boxAround(raster, { foregroundOffsetMm: 600, windowMm: 400 });
    expect(box).toMatchObject({ width: 25, height: 25 });
    expect(box && Math.abs(box.x + box.width / 2 - 65)).toBeLessThanOrEqual(1);
    expect(box && Math.abs(box.y + box.height / 2 - 40)).toBeLessThanOrEqual(1);
  });

  test('is none where the window is empty, and the picture where it is full', () => {
    const raster = readDepth(scene(), { encoding: 'grey' }, 'a');
    expect(boxAround(raster, { foregroundOffsetMm: 800, windowMm: 400 })).toBeUndefined();
    expect(boxAround(raster, { foregroundOffsetMm: 600, windowMm: 2000 })).toMatchObject({
      y: 0,
      width: 80,
      height: 80,
    });
  });

  test('stays inside of the picture', () => {
    expect(squareAround(2, 78, 30, { widthPx: 100, heightPx: 80 })).toEqual({
      x: 0,
      y: 50,
      width: 30,
      height: 30,
    });
  });
});

describe('what pictures seem to be', () => {
  test('pictures are none', () => {
    const photo: Raster = {
      pixels: Uint8Array.from([4, 5, 6, 7, 8, 9]),
      widthPx: 2,
      heightPx: 1,
      channels: 3,
    };
    expect(proposeDepth([photo])).toBeUndefined();
    expect(proposeDepth([deep([700, 800]), photo])).toBeUndefined();
    expect(proposeDepth([])).toBeUndefined();
    // A black picture has no red either.
    expect(proposeDepth([{ ...photo, pixels: new Uint8Array(6) }])).toBeUndefined();
  });

  test('a farthest value that many pixels share says that nothing was measured', () => {
    const hand = Array.from({ length: 60 }, (_, index) => 700 + index);
    expect(proposeDepth([packed([...hand, ...new Array<number>(40).fill(2001)])])).toEqual({
      encoding: 'green-blue',
      foregroundOffsetMm: 700,
      windowMm: 60,
      invalidMm: [2001],
    });
    expect(proposeDepth([deep([...hand, 2001, 0])])).toEqual({
      encoding: 'grey',
      foregroundOffsetMm: 700,
      windowMm: 1310,
    });
  });

  test.skipIf(!existsSync(NYU_FRAME))('a real frame of NYU Hand Pose is seen for what it is', async () => {
    const depth = proposeDepth([await decodeImage(NYU_FRAME)]);
    expect(depth).toMatchObject({ encoding: 'green-blue', invalidMm: [2001] });
    if (!depth) return;
    const { pixels } = await decodeImage(NYU_FRAME, 'frame', depth);
    const { meanMm, measuredShare } = depthStatistics(Uint16Array.from(pixels));
    expect(measuredShare).toBeCloseTo(0.391, 2);
    expect(meanMm).toBeGreaterThan(depth.foregroundOffsetMm);
    expect(meanMm).toBeLessThan(depth.foregroundOffsetMm + depth.windowMm);
  });
});
