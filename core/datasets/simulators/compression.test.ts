import { Transformer } from '@napi-rs/image';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { compressPlane } from './compression.ts';
import { simulateEye } from './eye.ts';

const SIZE = 64;

function texturedPlane(): Float32Array {
  const { pixels } = simulateEye(1, 1, { widthPx: SIZE, heightPx: SIZE });
  return Float32Array.from(pixels);
}

const meanDifference = (left: ArrayLike<number>, right: ArrayLike<number>): number => {
  let sum = 0;
  for (let place = 0; place < left.length; place++) sum += Math.abs(left[place] - right[place]);
  return sum / left.length;
};

/** The same picture through a real JPEG encoder and decoder. */
async function throughJpeg(plane: Float32Array, quality: number): Promise<Float32Array> {
  const rgba = new Uint8Array(plane.length * 4).fill(255);
  plane.forEach((value, place) => rgba.fill(value, place * 4, place * 4 + 3));
  const jpeg = await Transformer.fromRgbaPixels(rgba, SIZE, SIZE).jpeg(quality);
  const png = decode(await new Transformer(jpeg).png());
  return Float32Array.from(plane, (_, place) => png.data[place * png.channels]);
}

describe('compressPlane', () => {
  it('loses what a real JPEG encoder loses', async () => {
    for (const quality of [30, 60, 85]) {
      const original = texturedPlane();
      const ours = original.slice();
      compressPlane(ours, SIZE, SIZE, quality, { x: 0, y: 0 });
      const theirs = await throughJpeg(original, quality);
      const loss = meanDifference(ours, original);
      expect(loss).toBeGreaterThan(0.3);
      expect(meanDifference(ours, theirs)).toBeLessThan(0.45 * loss + 0.3);
    }
  });

  it('leaves a flat plane flat and loses more at a lower quality, wherever the blocks lie', () => {
    const flat = new Float32Array(20 * 13).fill(100);
    compressPlane(flat, 20, 13, 80, { x: 3, y: 6 });
    expect(Math.max(...flat) - Math.min(...flat)).toBeLessThan(1e-3);
    const losses = [10, 40, 70, 100].map((quality) => {
      const plane = texturedPlane();
      compressPlane(plane, SIZE, SIZE, quality, { x: 5, y: 2 });
      return meanDifference(plane, texturedPlane());
    });
    expect([...losses].sort((left, right) => right - left)).toEqual(losses);
    expect(losses[3]).toBeLessThan(0.5);
  });
});
