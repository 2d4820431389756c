import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { contactSheet } from './contact-sheet.ts';

const grey = (widthPx: number, heightPx: number, value: number) =>
  ({
    pixels: new Uint8Array(widthPx * heightPx).fill(value),
    widthPx,
    heightPx,
    channels: 1,
    bitDepth: 8,
  }) as const;

const depth = (values: readonly number[]) =>
  ({
    pixels: Uint16Array.from(values),
    widthPx: values.length,
    heightPx: 1,
    channels: 1,
    bitDepth: 16,
  }) as const;

describe('contactSheet', () => {
  it('lays images out in rows, enlarged, centred in their cells, with gaps', () => {
    const sheet = decode(
      contactSheet([grey(4, 2, 10), grey(2, 2, 20), grey(4, 2, 30)], { columns: 2, scale: 3 }),
    );
    expect([sheet.width, sheet.height, sheet.channels, sheet.depth]).toEqual([2 + 2 * 14, 2 + 2 * 8, 1, 8]);
    const at = (x: number, y: number): number => sheet.data[y * sheet.width + x];
    expect(at(0, 0)).toBe(255);
    expect([at(2, 2), at(13, 7)]).toEqual([10, 10]);
    // The narrow one stands in the middle of its cell.
    expect([at(16, 2), at(18, 2), at(19, 2), at(24, 7), at(25, 7)]).toEqual([255, 255, 20, 20, 255]);
    expect(at(2, 10)).toBe(30);
    expect(at(16, 10)).toBe(255);
  });

  it('shows the nearest depth white, the farthest dark grey, the background black', () => {
    const options = { gapPx: 0 };
    expect([...decode(contactSheet([depth([0, 400, 500])], options)).data]).toEqual([0, 255, 40]);
    const windowed = contactSheet([depth([0, 400, 500])], { ...options, depthWindowMm: [400, 600] });
    expect([...decode(windowed).data]).toEqual([0, 255, 148]);
  });

  it('becomes RGB where one image is, and refuses what is no sheet', () => {
    const red = {
      pixels: Uint8Array.of(255, 0, 0),
      widthPx: 1,
      heightPx: 1,
      channels: 3,
      bitDepth: 8,
    } as const;
    const sheet = decode(contactSheet([red, grey(1, 1, 7)], { gapPx: 0, columns: 2 }));
    expect([...sheet.data]).toEqual([255, 0, 0, 7, 7, 7]);
    expect(() => contactSheet([])).toThrow(RangeError);
    expect(() => contactSheet([red], { scale: 1.5 })).toThrow(RangeError);
  });
});
