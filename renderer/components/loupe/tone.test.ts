import { describe, expect, it } from 'vitest';
import { colourAt } from '../../../core/contract/colour-maps.ts';
import { greyAt, mostOf, paintDifference, paintTone, usualTone, type Pixels } from './tone.ts';

const grey = (values: readonly number[], bitDepth = 8): Pixels => ({
  width: values.length,
  height: 1,
  channels: 1,
  bitDepth,
  data: values,
});

describe('tone', () => {
  it('maps the window to black and white, and clips what is outside', () => {
    const rgba = paintTone(grey([0, 100, 150, 200, 255]), { low: 100, high: 200, map: 'grey' });
    expect([0, 4, 8, 12, 16].map((at) => rgba[at])).toEqual([0, 0, 128, 255, 255]);
    expect(rgba[3]).toBe(255);
  });

  it('shows depth near bright, and black what was not measured', () => {
    const rgba = paintTone(grey([0, 700, 750, 800], 16), { low: 800, high: 700, map: 'grey' });
    expect([0, 4, 8, 12].map((at) => rgba[at])).toEqual([0, 255, 128, 0]);
    const coloured = paintTone(grey([0], 16), { low: 0, high: 10, map: 'viridis' });
    expect([...coloured]).toEqual([0, 0, 0, 255]);
  });

  it('begins and ends with the colours of its map', () => {
    expect(colourAt('viridis', 0)).toEqual([0x44, 0x01, 0x54]);
    expect(colourAt('viridis', 1)).toEqual([0xfd, 0xe7, 0x25]);
    expect(colourAt('cividis', 0.5)).toEqual([0x7d, 0x7c, 0x78]);
  });

  it('opens depth images on what was measured: zeros do not count', () => {
    const depth = grey([...Array.from({ length: 500 }, () => 0), 700, 710, 720, 800], 16);
    expect(usualTone(depth)).toEqual({ low: 800, high: 700, map: 'grey' });
    expect(usualTone(grey([3, 4]))).toEqual({ low: 0, high: 255, map: 'grey' });
    expect(usualTone(grey([0, 0], 16)).low).toBeGreaterThan(0);
  });

  it('has sliders that end a little behind the deepest value', () => {
    expect(mostOf(grey([0, 700, 1000], 16))).toBe(1200);
    expect(mostOf(grey([65_000], 16))).toBe(65_535);
    expect(mostOf(grey([3]))).toBe(255);
  });

  it('reads colours as luma', () => {
    const red: Pixels = { width: 1, height: 1, channels: 3, bitDepth: 8, data: [255, 0, 0] };
    expect(greyAt(red, 0)).toBeCloseTo(76.245);
  });
});

describe('the difference', () => {
  it('is grey where nothing changed, orange where lighter, blue where darker', () => {
    const rgba = paintDifference(grey([100, 100, 100]), grey([100, 255, 0]), 1);
    expect([...rgba.slice(0, 3)]).toEqual([128, 128, 128]);
    expect(rgba[4] ?? 0).toBeGreaterThan(rgba[6] ?? 0);
    expect(rgba[10] ?? 0).toBeGreaterThan(rgba[8] ?? 0);
  });

  it('grows with the gain', () => {
    const at = (gain: number): number => paintDifference(grey([100]), grey([110]), gain)[0] ?? 0;
    expect(at(1)).toBeLessThan(at(4));
  });

  it('compares pictures of two depths by shares of their range', () => {
    const rgba = paintDifference(grey([255]), grey([65_535], 16), 16);
    expect([...rgba.slice(0, 3)]).toEqual([128, 128, 128]);
  });
});
