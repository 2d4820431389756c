import { describe, expect, it } from 'vitest';
import { senseDepth } from './depth-sensor.ts';
import { simulateHand } from './hand.ts';
import type { SimulatedImage } from './simulated-image.ts';

function wall(depthMm: number): SimulatedImage {
  return {
    pixels: new Uint16Array(96 * 96).fill(depthMm),
    widthPx: 96,
    heightPx: 96,
    channels: 1,
    bitDepth: 16,
    annotations: [],
    parameters: {},
  };
}

function deviation(values: ArrayLike<number>): number {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length);
}

describe('senseDepth', () => {
  it('keeps labels and size, and gives the same bytes again', () => {
    const hand = simulateHand(1, 4);
    const sensed = senseDepth(hand, 1, 4);
    expect(sensed.annotations).toEqual(hand.annotations);
    expect(sensed.pixels).toBeInstanceOf(Uint16Array);
    senseDepth(hand, 3, 5);
    expect(senseDepth(hand, 1, 4)).toEqual(sensed);
  });

  it('measures a wall with noise that grows with the square of the distance', () => {
    const fixed = { axialNoise: [1, 1] as const, resolution: [1, 1] as const };
    const near = senseDepth(wall(500), 1, 1, fixed);
    const far = senseDepth(wall(2000), 1, 1, fixed);
    // Noise of 1.2 + 1.9·(z − 0.4)² mm, two parts of about 0.7 and 0.6 of it, and steps of 2.85·z² mm.
    expect(deviation(near.pixels)).toBeGreaterThan(0.7);
    expect(deviation(near.pixels)).toBeLessThan(2);
    expect(deviation(far.pixels)).toBeGreaterThan(4);
    expect(deviation(far.pixels)).toBeLessThan(10);
    const levels = new Set(far.pixels);
    expect(levels.size).toBeLessThan(12);
    expect([...near.pixels].some((value) => value === 0)).toBe(false);
  });

  it('takes depth away and adds some only near edges, and measures the rest within millimetres', () => {
    let holes = 0;
    let foreground = 0;
    let flying = 0;
    const errors: number[] = [];
    for (let index = 0; index < 12; index++) {
      const hand = simulateHand(2, index);
      const sensed = senseDepth(hand, 2, index);
      hand.pixels.forEach((depthMm, place) => {
        if (depthMm === 0) return;
        foreground++;
        const error = sensed.pixels[place] - depthMm;
        if (sensed.pixels[place] === 0) holes++;
        else if (Math.abs(error) > 15) flying++;
        else errors.push(error);
      });
    }
    expect(holes / foreground).toBeGreaterThan(0.01);
    expect(holes / foreground).toBeLessThan(0.25);
    expect(flying / foreground).toBeGreaterThan(0.003);
    expect(flying / foreground).toBeLessThan(0.15);
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(1);
    expect(deviation(errors)).toBeLessThan(4);
  });

  it('takes no picture', () => {
    expect(() => senseDepth({ ...wall(500), bitDepth: 8 }, 1, 1)).toThrow(RangeError);
  });
});
