import { describe, expect, it } from 'vitest';
import { greyStatistics } from '../pixels/normalise.ts';
import { photograph } from './camera.ts';
import { simulateEye } from './eye.ts';
import type { SimulatedImage } from './simulated-image.ts';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** A bright spot on black, between pixels. */
function spot(x: number, y: number): SimulatedImage {
  const pixels = Uint8Array.from({ length: 55 * 35 }, (_, place) => {
    const distance = ((place % 55) + 0.5 - x) ** 2 + (Math.floor(place / 55) + 0.5 - y) ** 2;
    return Math.round(220 * Math.exp(-distance / 18));
  });
  return { pixels, widthPx: 55, heightPx: 35, channels: 1, bitDepth: 8, annotations: [], parameters: {} };
}

function centroid({ pixels, widthPx }: SimulatedImage): [number, number] {
  let [sum, sumX, sumY] = [0, 0, 0];
  pixels.forEach((value, place) => {
    if (value < 40) return;
    sum += value;
    sumX += value * ((place % widthPx) + 0.5);
    sumY += value * (Math.floor(place / widthPx) + 0.5);
  });
  return [sumX / sum, sumY / sum];
}

describe('photograph', () => {
  it('keeps labels and size, and gives the same bytes again', () => {
    const eye = simulateEye(1, 7);
    const photo = photograph(eye, 1, 7);
    expect(photo.annotations).toEqual(eye.annotations);
    expect(photo.pixels).toHaveLength(eye.pixels.length);
    expect(photo.pixels).not.toEqual(eye.pixels);
    photograph(eye, 2, 8);
    expect(photograph(eye, 1, 7)).toEqual(photo);
  });

  it('has the contrast of real crops: mean near 127, deviation near 74; renders have much less', () => {
    const eyes = Array.from({ length: 120 }, (_, index) => simulateEye(3, index));
    const renders = eyes.map(greyStatistics);
    const photos = eyes.map((eye, index) => greyStatistics(photograph(eye, 3, index)));
    expect(Math.abs(mean(photos.map((photo) => photo.mean)) - 127)).toBeLessThan(6);
    expect(Math.abs(mean(photos.map(({ deviation }) => deviation)) - 74)).toBeLessThan(3);
    expect(mean(renders.map(({ deviation }) => deviation))).toBeLessThan(50);
  });

  it('moves nothing, whatever it blurs, shakes and resamples', () => {
    for (let index = 0; index < 25; index++) {
      const [x, y] = [20 + (index % 5) * 3.3, 12 + Math.floor(index / 5) * 2.3];
      const options = {
        equalise: false,
        sideShadow: [0, 0] as const,
        fullWellElectrons: [1e9, 1e9] as const,
        readNoiseElectrons: [0, 0] as const,
        jpegQuality: [100, 100] as const,
        exposureStops: [0, 0] as const,
        motionPx: [0, 4] as const,
      };
      const image = spot(x, y);
      const [beforeX, beforeY] = centroid(image);
      const [afterX, afterY] = centroid(photograph(image, 9, index, options));
      expect(Math.abs(afterX - beforeX)).toBeLessThan(0.12);
      expect(Math.abs(afterY - beforeY)).toBeLessThan(0.12);
    }
  });

  it('takes colour, and no depth', () => {
    const eye = simulateEye(1, 2, { channels: 3 });
    expect(photograph(eye, 1, 2).pixels).toHaveLength(55 * 35 * 3);
    expect(() => photograph({ ...eye, bitDepth: 16 }, 1, 2)).toThrow(RangeError);
  });
});
