import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage, encodePng } from '../pixels/decode.ts';
import { toChannels } from '../pixels/normalise.ts';
import type { Raster } from '../pixels/raster.ts';
import { synthesEyes } from './syntheseyes.ts';
import { collect } from './testing.ts';

const signal = new AbortController().signal;
const SAMPLES = join(import.meta.dirname, '../../../../shared/data/syntheseyes');

describe('SynthesEyes', () => {
  it('reads the gaze from file names, in nested folders, and names what has none', async () => {
    const root = await mkdtemp(join(tmpdir(), 'simgan-syntheseyes-'));
    const png = encodePng({ pixels: new Uint8Array(4), widthPx: 2, heightPx: 2, channels: 1 });
    await mkdir(join(root, 'f01'));
    for (const name of ['f01_122_-0.1963_0.3927.png', 'f01_9_nan_0.1.png', 'eye.png']) {
      await writeFile(join(root, 'f01', name), png);
    }
    for (const name of ['f01_122_-0.1963_0.3927.pkl', 'f01_123_0.0_0.0.pkl', 'notes.txt']) {
      await writeFile(join(root, 'f01', name), 'x');
    }
    const items = await collect(synthesEyes.read(root, undefined, signal));
    await rm(root, { recursive: true });
    expect(items).toMatchObject([
      { kind: 'skipped', path: 'f01/eye.png', reason: 'image-without-label' },
      { kind: 'skipped', path: 'f01/f01_9_nan_0.1.png', reason: 'nan-label' },
      {
        kind: 'image',
        path: 'f01/f01_122_-0.1963_0.3927.png',
        annotations: [{ kind: 'gaze', pitchRad: -0.1963, yawRad: 0.3927 }],
        source: { model: 'f01', index: 122 },
      },
      { kind: 'skipped', path: 'f01/f01_123_0.0_0.0.pkl', reason: 'label-without-image' },
      { kind: 'skipped', path: 'f01/notes.txt', reason: 'not-a-picture' },
    ]);
  });

  it.skipIf(!existsSync(SAMPLES))(
    'has its axes right: pitch up and yaw left move the pupil so in the picture (skipped where ../shared/data is absent)',
    async () => {
      const rows: { pitch: number; yaw: number; x: number; y: number }[] = [];
      for await (const item of synthesEyes.read(SAMPLES, {}, signal)) {
        if (item.kind !== 'image') continue;
        const [gaze] = item.annotations;
        if (gaze.kind !== 'gaze') throw new Error('no gaze');
        const pupil = darkestBlob(toChannels(await decodeImage(join(SAMPLES, item.path)), 1, 'mid-grey'));
        rows.push({ pitch: gaze.pitchRad, yaw: gaze.yawRad, ...pupil });
      }
      expect(rows).toHaveLength(52);
      const across = (left: 'pitch' | 'yaw', right: 'x' | 'y') =>
        correlation(
          rows.map((row) => row[left]),
          rows.map((row) => row[right]),
        );
      // y points down and yaw > 0 to the left edge, so both are negative.
      expect(across('pitch', 'y')).toBeLessThan(-0.75);
      expect(across('yaw', 'x')).toBeLessThan(-0.75);
      expect(Math.abs(across('pitch', 'x'))).toBeLessThan(0.3);
      expect(Math.abs(across('yaw', 'y'))).toBeLessThan(0.3);
    },
  );
});

/** The middle of the darkest square of 11 × 11 px, about the size of a pupil here, away from the border. */
function darkestBlob(image: Raster): { x: number; y: number } {
  const { widthPx, heightPx, pixels } = image;
  const radiusPx = 5;
  let darkest = { level: Infinity, x: 0, y: 0 };
  for (let y = 10; y < heightPx - 10; y++) {
    for (let x = 15; x < widthPx - 15; x++) {
      let level = 0;
      for (let offset = -radiusPx; offset <= radiusPx; offset++) {
        const start = (y + offset) * widthPx + x - radiusPx;
        for (let column = 0; column <= 2 * radiusPx; column++) level += pixels[start + column];
      }
      if (level < darkest.level) darkest = { level, x: x + 0.5, y: y + 0.5 };
    }
  }
  return darkest;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanLeft, meanRight] = [mean(left), mean(right)];
  let product = 0;
  let squaresLeft = 0;
  let squaresRight = 0;
  left.forEach((value, index) => {
    product += (value - meanLeft) * (right[index] - meanRight);
    squaresLeft += (value - meanLeft) ** 2;
    squaresRight += (right[index] - meanRight) ** 2;
  });
  return product / Math.sqrt(squaresLeft * squaresRight);
}
