import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import type { ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { measureDisplacement, type Displacement } from './displacement.ts';

/** Other gain, gamma and offset, and noise of 8 grey levels. */
function withOtherTone(batch: ImageBatch, seed: number): ImageBatch {
  const random = createRandom(seed, 'tone');
  const gain = random.range(0.6, 1.3);
  const gamma = random.range(0.7, 1.5);
  const images = batch.images.map((value) => {
    const light = 2 * ((value + 1) / 2) ** gamma - 1;
    return Math.max(-1, Math.min(1, gain * light - 0.1 + 0.063 * random.normal()));
  });
  return { ...batch, images };
}

/** Windows of equal size out of larger pictures: a shift with nothing repeated at the border. */
function crop(batch: ImageBatch, left: number, top: number, widthPx: number, heightPx: number): ImageBatch {
  const images = new Float32Array(batch.count * widthPx * heightPx);
  for (let index = 0; index < batch.count; index++) {
    for (let y = 0; y < heightPx; y++) {
      const start = (index * batch.heightPx + top + y) * batch.widthPx + left;
      images.set(batch.images.subarray(start, start + widthPx), (index * heightPx + y) * widthPx);
    }
  }
  return { images, count: batch.count, heightPx, widthPx, channels: 1 };
}

function driftOf(image: Displacement): number {
  if (image.kind !== 'measured') throw new Error(`Not measured: ${image.kind}.`);
  return image.driftPx;
}

describe('displacement', () => {
  it('reads whole-picture shifts through changes of tone and noise', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: -3, max: 3 }),
        async (seed, dx, dy) => {
          const eyes = drawEyes({ count: 3, seed, heightPx: 41, widthPx: 61 }).images;
          const before = crop(eyes, 3, 3, 55, 35);
          const after = withOtherTone(crop(eyes, 3 - dx, 3 - dy, 55, 35), seed);
          for (const image of (await measureDisplacement(before, after)).images) {
            expect(image.kind).toBe('measured');
            if (image.kind !== 'measured') return;
            expect(Math.hypot(image.shiftX - dx, image.shiftY - dy)).toBeLessThan(0.3);
            expect(Math.abs(image.driftPx - Math.hypot(dx, dy))).toBeLessThan(0.6);
          }
        },
      ),
      { numRuns: propertyRuns(20) },
    );
  });

  it('is zero where nothing changed, and nearly so where only the tone did', async () => {
    const eyes = drawEyes({ count: 24, seed: 5 }).images;
    const same = await measureDisplacement(eyes, eyes);
    expect(same.measured).toBe(24);
    expect(same.p95Px).toBeLessThan(1e-9);
    const retoned = await measureDisplacement(eyes, withOtherTone(eyes, 1));
    expect(retoned.measured).toBe(24);
    expect(retoned.medianPx).toBeLessThan(0.15);
    expect(retoned.p95Px).toBeLessThan(0.6);
  });

  it('sees an iris that moves while the rest of the eye stays', async () => {
    for (const shiftPx of [1.5, 2.5]) {
      const eyes = drawEyes({ count: 24, seed: 9 }).images;
      const moved = drawEyes({ count: 24, seed: 9, irisShift: [0.8 * shiftPx, 0.6 * shiftPx] }).images;
      const report = await measureDisplacement(eyes, withOtherTone(moved, 2));
      expect(report.medianPx).toBeGreaterThan(0.75 * shiftPx);
      expect(report.medianPx).toBeLessThan(1.25 * shiftPx);
    }
  });

  it('says which images have no structure and which were not found again', async () => {
    const eyes = drawEyes({ count: 2, seed: 3 }).images;
    const noise = createRandom(4);
    const flat = { ...eyes, images: eyes.images.map(() => 0.2) };
    const garbage = { ...eyes, images: eyes.images.map(() => noise.range(-1, 1)) };
    expect(await measureDisplacement(flat, eyes)).toMatchObject({
      images: [{ kind: 'no-structure' }, { kind: 'no-structure' }],
      withoutStructure: 2,
      medianPx: undefined,
    });
    const lost = await measureDisplacement(eyes, garbage);
    expect(lost).toMatchObject({ measured: 0, notFoundAgain: 2, p95Px: undefined });
    const inverted = { ...eyes, images: eyes.images.map((value) => -value) };
    expect((await measureDisplacement(eyes, inverted)).notFoundAgain).toBe(2);
  });

  it('works on colour, and on pictures smaller than a block', async () => {
    const { images: grey } = drawEyes({ count: 2, seed: 6 });
    const colour = {
      ...grey,
      channels: 3,
      images: Float32Array.from({ length: grey.images.length * 3 }, (_, i) => grey.images[Math.floor(i / 3)]),
    };
    const other = withOtherTone(grey, 3);
    const colourOther = {
      ...colour,
      images: Float32Array.from({ length: colour.images.length }, (_, i) => other.images[Math.floor(i / 3)]),
    };
    const [inGrey, inColour] = await Promise.all([
      measureDisplacement(grey, other),
      measureDisplacement(colour, colourOther),
    ]);
    expect(driftOf(inColour.images[0])).toBeCloseTo(driftOf(inGrey.images[0]), 4);
    const tiny = crop(grey, 20, 10, 6, 4);
    expect((await measureDisplacement(tiny, tiny)).withoutStructure).toBe(2);
  });

  it('stops when asked and refuses pairs that are none', async () => {
    const eyes = drawEyes({ count: 20, seed: 1 }).images;
    await expect(measureDisplacement(eyes, eyes, { signal: AbortSignal.abort() })).rejects.toThrow(
      StudioError,
    );
    await expect(measureDisplacement(eyes, drawEyes({ count: 3, seed: 1 }).images)).rejects.toThrow(
      /20 images/,
    );
  });
});
