import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gazeFromAngles } from '../../contract/annotation.ts';
import { encodePng } from '../pixels/decode.ts';
import { sha256OfFile } from '../pixels/hash.ts';
import type { ImportedImage } from './importer.ts';
import { detectFormat, importerOf, importers } from './importers.ts';
import { checkLabels, inspectImage } from './inspect.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data');
const png = encodePng({ pixels: Uint8Array.of(0, 100, 100, 200), widthPx: 2, heightPx: 2, channels: 1 });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'simgan-importers-'));
});
afterEach(async () => rm(root, { recursive: true }));

describe('formats', () => {
  it('are told apart, with the reason', async () => {
    await mkdir(join(root, 'open'));
    await mkdir(join(root, 'closed'));
    await writeFile(join(root, 'open/1.png'), png);
    await writeFile(join(root, 'closed/1.png'), png);
    const detected = await detectFormat(root);
    expect(detected.map(({ importer }) => importer.id)[0]).toBe('category-folders');
    expect(detected).toHaveLength(importers.length);
    expect(detected[0].why).toBe('2 of 2 images lie in folders that may be categories: closed, open.');
    await writeFile(join(root, 'f01_1_0.1_0.2.png'), png);
    expect((await detectFormat(root))[0].importer.id).toBe('syntheseyes');
  });

  it('do not take people or splits for categories, and only what fits the role', async () => {
    for (const folder of ['p00', 'p01']) {
      await mkdir(join(root, folder));
      await writeFile(join(root, folder, 'f01_1_0.1_0.2.png'), png);
    }
    expect((await importerOf(root, 'synthetic', undefined)).importer.id).toBe('syntheseyes');
    expect((await importerOf(root, 'real', undefined)).importer.id).toBe('plain-folder');
    expect((await importerOf(root, 'real', 'category-folders')).importer.id).toBe('category-folders');
    await expect(importerOf(root, 'real', 'mat')).rejects.toMatchObject({ code: 'bad-usage' });
  });

  it('refuse an empty folder and one without images in words', async () => {
    await expect(detectFormat(root)).rejects.toMatchObject({
      code: 'bad-input',
      message: `${root} is empty.`,
    });
    await writeFile(join(root, 'x.txt'), 'x');
    await expect(detectFormat(root)).rejects.toThrow(/holds 1 files, but no image/);
    await expect(detectFormat(join(root, 'gone'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are still tried when a table is broken', async () => {
    await writeFile(join(root, 'a.png'), png);
    await writeFile(join(root, 'broken.csv'), '');
    expect((await detectFormat(root))[0].importer.id).toBe('plain-folder');
  });

  it.skipIf(!existsSync(SHARED))(
    'recognise the real folders (skipped where ../shared/data is absent)',
    async () => {
      expect((await importerOf(join(SHARED, 'syntheseyes'), 'synthetic', undefined)).importer.id).toBe(
        'syntheseyes',
      );
      expect((await importerOf(join(SHARED, 'mpiigaze-crops'), 'real', undefined)).importer.id).toBe(
        'plain-folder',
      );
    },
  );
});

describe('inspectImage', () => {
  it('gives hash, size, depth and grey levels', async () => {
    await writeFile(join(root, 'a.png'), png);
    expect(await inspectImage(root, 'a.png')).toEqual({
      kind: 'inspected',
      fileSha256: await sha256OfFile(join(root, 'a.png')),
      widthPx: 2,
      heightPx: 2,
      channels: 1,
      bitDepth: 8,
      greyMean: 100,
      greyDeviation: expect.closeTo(Math.sqrt(5000), 9) as number,
      decoder: expect.stringMatching(/^fast-png \d/) as string,
    });
  });

  it('names 7 broken files among 200 and reads the others', async () => {
    const broken = new Set([3, 50, 77, 100, 101, 150, 199]);
    for (let index = 0; index < 200; index++) {
      await writeFile(join(root, `${index}.png`), broken.has(index) ? png.subarray(0, index % 40) : png);
    }
    const skipped: string[] = [];
    const { importer } = await importerOf(root, 'real', undefined);
    for await (const item of importer.read(root, {}, new AbortController().signal)) {
      const inspected = await inspectImage(root, item.path);
      if (inspected.kind === 'skipped') skipped.push(`${inspected.path} ${inspected.reason}`);
    }
    expect(skipped).toEqual([...broken].map((index) => `${index}.png unreadable`));
  });
});

describe('checkLabels', () => {
  const image = (...annotations: ImportedImage['annotations']): ImportedImage => ({
    kind: 'image',
    path: 'a.png',
    annotations,
  });
  const size = { widthPx: 100, heightPx: 50 };
  const point = (x: number, y: number, visibility: 0 | 1 | 2 = 2): ImportedImage => {
    return image({ kind: 'keypoints', layout: 'one', points: [{ x, y, visibility }] });
  };

  it('lets a point lie a little outside, and one that is not labelled anywhere', () => {
    for (const item of [point(0, 0), point(100, 50), point(-2, 52), point(900, 900, 0)]) {
      expect(checkLabels(item, size)).toBe(item);
    }
    expect(checkLabels(point(102.5, 20), size)).toMatchObject({
      kind: 'image',
      annotations: point(102.5, 20).annotations,
      notes: [{ about: 'points-outside', message: '1 of 1 points lie outside of 100 × 50 pixels.' }],
    });
    expect(checkLabels(point(20, -3, 1), size)).toMatchObject({ notes: [{ about: 'points-outside' }] });
  });

  it('leaves out impossible labels, unless they are to be kept', () => {
    const far = point(201, 20);
    expect(checkLabels(point(200, 20), size).kind).toBe('image');
    expect(checkLabels(far, size)).toMatchObject({ kind: 'skipped', reason: 'impossible-label' });
    expect(checkLabels(far, size, true)).toMatchObject({
      annotations: far.annotations,
      notes: [{ about: 'impossible-label' }],
    });
    const away = image(gazeFromAngles(0, 2), { kind: 'category', name: 'open' });
    expect(checkLabels(away, size)).toMatchObject({
      kind: 'image',
      annotations: [{ kind: 'category' }],
      notes: [{ about: 'label-incomplete' }],
    });
    const zeros = [0, 1].map(() => ({ x: 0, y: 0, visibility: 2 }) as const);
    const atZero = image({ kind: 'keypoints', layout: 'two', points: zeros });
    expect(checkLabels(atZero, size)).toMatchObject({ reason: 'impossible-label' });
  });

  it('finds labels that are not finite, of another layout, and crops that reach outside', () => {
    expect(checkLabels(point(Number.NaN, 1), size)).toMatchObject({ reason: 'nan-label' });
    const degrees = { kind: 'image', path: 'a.png', annotations: [gazeFromAngles(12, -20)] } as const;
    expect(checkLabels(degrees, size)).toMatchObject({
      reason: 'gaze-too-far',
      message: expect.stringContaining('degrees') as string,
    });
    expect(
      checkLabels(image({ kind: 'gaze', vector: [0, 0, Number.NaN], pitchRad: 0, yawRad: 0 }), size),
    ).toMatchObject({ reason: 'nan-label' });
    expect(
      checkLabels(
        image({ kind: 'keypoints', layout: 'hand-21', points: [{ x: 1, y: 1, visibility: 2 }] }),
        size,
      ),
    ).toMatchObject({ reason: 'bad-label', message: 'Has 1 keypoints where hand-21 has 21.' });
    const cropped = { ...image(), crop: { x: 90, y: 0, width: 20, height: 20 } };
    expect(checkLabels(cropped, size)).toMatchObject({ reason: 'label-outside-frame' });
  });
});
