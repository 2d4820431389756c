import { describe, expect, it } from 'vitest';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { histogramDistanceGrey } from '../base/histogram.ts';
import { measureChange } from './change.ts';

describe('change', () => {
  const eyes = drawEyes({ count: 12, seed: 1 }).images;
  const scaled = (gain: number, offsetGrey: number) => ({
    ...eyes,
    images: eyes.images.map((value) => gain * value + offsetGrey / 127.5),
  });

  it('is zero for a refiner that does nothing', () => {
    const report = measureChange(eyes, eyes, eyes);
    expect(report.meanChangeGrey).toBe(0);
    expect(report.contrastAfterGrey).toBe(report.contrastBeforeGrey);
    expect(report.histogramDistanceAfterGrey).toBe(0);
  });

  it('reads an offset and a change of contrast in grey levels', () => {
    const darker = scaled(0.5, -10);
    const offset = scaled(0.5, 0);
    const report = measureChange(offset, darker, offset);
    expect([...report.changeGrey].every((change) => Math.abs(change - 10) < 1e-3)).toBe(true);
    expect(report.histogramDistanceAfterGrey).toBeCloseTo(10, 0);
    expect(measureChange(eyes, offset, eyes).contrastAfterGrey).toBeCloseTo(report.contrastBeforeGrey, 3);
    expect(measureChange(eyes, offset, eyes).contrastBeforeGrey).toBeCloseTo(
      2 * report.contrastBeforeGrey,
      3,
    );
  });

  it('gives the Wasserstein distance of two point masses and is symmetric', () => {
    const constant = (grey: number) => ({ ...eyes, images: eyes.images.map(() => grey / 127.5 - 1) });
    expect(histogramDistanceGrey(constant(20), constant(220))).toBeCloseTo(200, 6);
    expect(histogramDistanceGrey(constant(220), constant(20))).toBeCloseTo(200, 6);
  });

  it('refuses sets that do not belong together', () => {
    expect(() => measureChange(eyes, drawEyes({ count: 3, seed: 1 }).images, eyes)).toThrow(RangeError);
    expect(() => measureChange(eyes, eyes, drawEyes({ count: 3, seed: 1, widthPx: 60 }).images)).toThrow(
      /60×35/,
    );
  });
});
