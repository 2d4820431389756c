import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeImage, encodePng } from '../pixels/decode.ts';
import { detectFormat } from './importers.ts';
import { nyuHand } from './nyu-hand.ts';
import { collect } from './testing.ts';

const signal = new AbortController().signal;
const REAL = join(import.meta.dirname, '../../../../shared/data/nyu-hand');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'simgan-nyu-'));
});
afterEach(async () => rm(root, { recursive: true }));

/** 14 joints on a diagonal from (100, 80) to (230, 145), 700 mm and more away. */
const LINE = Array.from({ length: 14 }, (_, joint) =>
  [100 + joint * 10, 80 + joint * 5, 700 + joint].join(' '),
).join(' ');

async function writeFrames(names: readonly string[], folder = root): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pixels = new Uint8Array(320 * 240 * 3).fill(3);
  for (const name of names) {
    await writeFile(join(folder, name), encodePng({ pixels, widthPx: 320, heightPx: 240, channels: 3 }));
  }
}

describe('NYU Hand Pose', () => {
  it('is recognised by its names, surer with joints beside it', async () => {
    await writeFrames(['depth_1_0000001.png', 'depth_2_0000001.png']);
    await writeFile(join(root, 'readme.txt'), 'Some words.\n');
    expect((await detectFormat(root))[0]).toMatchObject({ importer: { id: 'nyu-hand' }, confidence: 0.5 });
    await writeFile(join(root, 'joints.txt'), `${LINE}\n`);
    expect((await detectFormat(root))[0]).toMatchObject({ confidence: 0.95 });
    await writeFile(join(root, 'photo.png'), 'whatever');
    expect((await detectFormat(root))[0].confidence).toBeLessThan(0.95);
  });

  it('gives each frame the line of its number, and a square around its joints', async () => {
    await writeFrames(['depth_1_0000002.png', 'synthdepth_1_0000002.png', 'depth_2_0000002.png']);
    await writeFile(join(root, 'joints.txt'), `${LINE.replace('100', '90')}\n${LINE}`);
    const items = await collect(nyuHand.read(root, {}, signal));
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      kind: 'image',
      path: 'depth_1_0000002.png',
      annotations: [{ kind: 'keypoints', layout: 'hand-14' }],
      // 1.5 × 130 px around (165, 112.5)
      crop: { x: 68, y: 15, width: 195, height: 195 },
    });
    const [image] = items;
    if (image.kind !== 'image') throw new Error('It was skipped.');
    const [hand] = image.annotations;
    expect(hand.kind === 'keypoints' && hand.points[0]).toEqual({ x: 100, y: 80, zMm: 700, visibility: 2 });
    expect(await collect(nyuHand.read(root, { pictures: 'synthdepth' }, signal))).toMatchObject([
      { path: 'synthdepth_1_0000002.png' },
    ]);
    // The joints are where camera 1 sees them.
    expect(await collect(nyuHand.read(root, { camera: 2 }, signal))).toMatchObject([
      { path: 'depth_2_0000002.png', annotations: [] },
    ]);
    expect(await collect(nyuHand.read(root, { crop: 'whole' }, signal))).not.toHaveProperty('0.crop');
  });

  it('says what is wrong with a line, and with a file', async () => {
    await writeFrames([1, 2, 3, 4].map((frame) => `depth_1_000000${frame}.png`));
    await writeFile(join(root, 'joints.txt'), [LINE, '1 2 3', LINE.replace('707', 'nan')].join('\n'));
    await writeFile(join(root, 'notes.md'), 'x');
    expect(await collect(nyuHand.read(root, {}, signal))).toMatchObject([
      { kind: 'image' },
      { kind: 'skipped', path: 'joints.txt', line: 2, reason: 'bad-label' },
      { kind: 'skipped', path: 'joints.txt', line: 3, reason: 'nan-label' },
      { kind: 'skipped', path: 'depth_1_0000004.png', reason: 'image-without-label' },
      { kind: 'skipped', path: 'notes.md', reason: 'not-a-picture' },
    ]);
  });

  it.skipIf(!existsSync(REAL))('reads a real frame: the joints lie on the hand', async () => {
    expect((await detectFormat(REAL))[0]).toMatchObject({ importer: { id: 'nyu-hand' }, confidence: 0.95 });
    const [image] = await collect(nyuHand.read(REAL, {}, signal));
    if (image.kind !== 'image') throw new Error(image.message);
    const [hand] = image.annotations;
    if (hand.kind !== 'keypoints') throw new Error('It has no joints.');
    const depth = { encoding: 'green-blue', foregroundOffsetMm: 0, windowMm: 2000 } as const;
    const { pixels, widthPx } = await decodeImage(join(REAL, image.path), image.path, depth);
    // Joints lie inside of the flesh, up to some centimetres behind the surface.
    const behind = hand.points.map(
      ({ x, y, zMm = 0 }) => zMm - pixels[Math.floor(y) * widthPx + Math.floor(x)],
    );
    expect(behind.filter((mm) => mm > 0 && mm < 40).length).toBeGreaterThanOrEqual(12);
    expect(image.crop?.width).toBe(image.crop?.height);
  });
});
