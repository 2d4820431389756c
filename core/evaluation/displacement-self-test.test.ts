import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { ImageBatch } from '../base/image-batch.ts';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { selfTestDisplacement } from './displacement-self-test.ts';

const REAL_EYES = resolve(import.meta.dirname, '../../../shared/data/mpiigaze-crops');

function loadRealEyes(): ImageBatch {
  const names = readdirSync(REAL_EYES).filter((name) => name.endsWith('.png'));
  const pictures = names.map((name) => decode(readFileSync(join(REAL_EYES, name))));
  const { width: widthPx, height: heightPx } = pictures[0];
  const images = new Float32Array(pictures.length * widthPx * heightPx);
  pictures.forEach(({ data }, index) =>
    images.set(
      Float32Array.from(data, (level) => level / 127.5 - 1),
      index * widthPx * heightPx,
    ),
  );
  return { images, count: pictures.length, heightPx, widthPx, channels: 1 };
}

describe('displacement self-test', { timeout: 60_000 }, () => {
  it('passes on drawn eyes, whole and in part, and repeats for a seed', async () => {
    const eyes = drawEyes({ count: 10, seed: 2 }).images;
    const result = await selfTestDisplacement(eyes, { seed: 3 });
    expect(result).toMatchObject({ passed: true, count: 10 });
    expect(result.noiseFloor.medianPx).toBeLessThan(0.2);
    expect(result.readings.map(({ truthPx }) => truthPx)).toEqual([0, 0.5, 1, 1.5, 2, 3, 2]);
    expect(result.readings.at(-1)?.medianReadPx).toBeGreaterThan(1.4);
    expect(await selfTestDisplacement(eyes, { seed: 3 })).toEqual(result);
  });

  it('does not pass on flat images', async () => {
    const eyes = drawEyes({ count: 2, seed: 2 }).images;
    const flat = { ...eyes, images: eyes.images.map(() => 0) };
    expect(await selfTestDisplacement(flat)).toMatchObject({
      passed: false,
      noiseFloor: { medianPx: undefined },
    });
  });

  it.skipIf(!existsSync(REAL_EYES))('passes on real eyes (../shared/data/mpiigaze-crops)', async () => {
    const result = await selfTestDisplacement(loadRealEyes(), { sampleCount: 16 });
    expect(result.passed).toBe(true);
    expect(result.noiseFloor.medianPx).toBeLessThan(0.15);
    expect(result.noiseFloor.p95Px).toBeLessThan(1);
    const part = result.readings.find(({ moved }) => moved === 'part');
    expect(part?.medianErrorPx).toBeLessThan(0.3);
  });
});
