import { describe, expect, it } from 'vitest';
import { preprocessingSchema } from '../../contract/preprocessing.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { prepareImage, preprocessingHash } from './prepare.ts';

const GREY: Preprocessing = {
  widthPx: 4,
  heightPx: 4,
  channels: 1,
  bitDepth: 8,
  fit: 'stretch',
  equalise: false,
};
const DEPTH: Preprocessing = {
  ...GREY,
  bitDepth: 16,
  fit: 'contain',
  depth: { foregroundOffsetMm: 500, windowMm: 400, invalidMm: [2001] },
};

const ramp = (widthPx: number, heightPx: number) => ({
  pixels: Uint8Array.from({ length: widthPx * heightPx }, (_, index) => index),
  widthPx,
  heightPx,
  channels: 1 as const,
});

describe('prepareImage', () => {
  it('crops without touching pixels when the size is that of the crop', () => {
    const { pixels, transform } = prepareImage(ramp(16, 8), { x: 3, y: 2, width: 4, height: 4 }, GREY);
    expect([...pixels]).toEqual([35, 36, 37, 38, 51, 52, 53, 54, 67, 68, 69, 70, 83, 84, 85, 86]);
    expect(transform).toEqual({ scaleX: 1, scaleY: 1, offsetX: -3, offsetY: -2 });
  });

  it('gives the same pixels from a part as from the whole, up to the border', () => {
    const image = ramp(16, 15);
    const enlarged = { ...GREY, widthPx: 64, heightPx: 60 };
    const whole = prepareImage(image, undefined, enlarged).pixels;
    const part = prepareImage(
      image,
      { x: 4, y: 3, width: 8, height: 6 },
      { ...GREY, widthPx: 32, heightPx: 24 },
    );
    for (let y = 0; y < 24; y++) {
      expect([...part.pixels.subarray(y * 32, y * 32 + 32)]).toEqual([
        ...whole.subarray((y + 12) * 64 + 16, (y + 12) * 64 + 48),
      ]);
    }
  });

  it('pads with mid-grey and equalises the picture only', () => {
    const wide = { ...ramp(4, 2), pixels: Uint8Array.of(10, 10, 20, 20, 30, 30, 40, 40) };
    const plain = prepareImage(wide, undefined, { ...GREY, fit: 'contain' }).pixels;
    expect([...plain]).toEqual([128, 128, 128, 128, 10, 10, 20, 20, 30, 30, 40, 40, 128, 128, 128, 128]);
    const equalised = prepareImage(wide, undefined, { ...GREY, fit: 'contain', equalise: true }).pixels;
    expect([...equalised.subarray(4, 12)]).toEqual([0, 0, 85, 85, 170, 170, 255, 255]);
    expect(equalised[0]).toBe(128);
  });

  it('turns grey to colour and 8 to 16 bit on demand', () => {
    const colour = prepareImage(ramp(4, 4), undefined, { ...GREY, channels: 3, bitDepth: 16 }).pixels;
    expect(colour).toBeInstanceOf(Uint16Array);
    expect([...colour.subarray(12, 18)]).toEqual([4, 4, 4, 5, 5, 5].map((level) => level * 257));
  });

  it('keeps depth in millimetres, without values between hand and background', () => {
    const depth = {
      pixels: Uint16Array.of(2001, 700, 701, 0),
      widthPx: 2,
      heightPx: 2,
      channels: 1 as const,
    };
    const { pixels } = prepareImage(depth, undefined, { ...DEPTH, widthPx: 6, heightPx: 4 });
    expect([...pixels]).toEqual([
      ...[0, 0, 0, 200, 200, 0],
      ...[0, 0, 0, 200, 200, 0],
      ...[0, 201, 201, 0, 0, 0],
      ...[0, 201, 201, 0, 0, 0],
    ]);
    expect(() => prepareImage(ramp(4, 4), undefined, DEPTH, 'a.png')).toThrow(/a\.png holds no depth/);
  });

  it('refuses a crop that holds no pixel', () => {
    expect(() => prepareImage(ramp(4, 4), { x: 50, y: 0, width: 4, height: 4 }, GREY, 'a.png')).toThrow(
      /crop of a\.png/,
    );
    expect(() => prepareImage(ramp(4, 4), { x: 0, y: 0, width: 0, height: 4 }, GREY)).toThrow(
      /none of its 4 × 4/,
    );
  });
});

describe('preprocessing', () => {
  it('has a hash that depends on every value and not on the order of keys', () => {
    const { widthPx, ...rest } = GREY;
    expect(preprocessingHash({ ...rest, widthPx })).toBe(preprocessingHash(GREY));
    expect(preprocessingHash(GREY)).toMatch(/^[0-9a-f]{16}$/);
    const others: Preprocessing[] = [
      { ...GREY, widthPx: 5 },
      { ...GREY, fit: 'cover' },
      { ...GREY, equalise: true },
      { ...GREY, bitDepth: 16 },
      DEPTH,
      { ...DEPTH, depth: { foregroundOffsetMm: 501, windowMm: 400, invalidMm: [2001] } },
      { ...DEPTH, depth: { foregroundOffsetMm: 500, windowMm: 400 } },
    ];
    expect(new Set([GREY, ...others].map(preprocessingHash)).size).toBe(others.length + 1);
  });

  it('refuses what makes no sense', () => {
    expect(preprocessingSchema.safeParse({ ...GREY, channels: 3, equalise: true }).success).toBe(false);
    expect(preprocessingSchema.safeParse({ ...DEPTH, bitDepth: 8 }).success).toBe(false);
    expect(preprocessingSchema.safeParse({ ...GREY, colour: true }).success).toBe(false);
    expect(preprocessingSchema.safeParse(DEPTH).success).toBe(true);
  });
});
