import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { healthSchema, mapPointsSchema } from '../../contract/operations/datasets.ts';
import type { Library } from '../../library/library.ts';
import { imageOf, temporaryLibrary } from '../../library/temporary-library.ts';
import { quietHooks, studioWithEyes, type TestStudio } from '../../../test/support/studio.ts';
import { simulateDataset } from '../data/simulation.ts';
import { checkFiles } from './check-files.ts';
import { commonShape, readComparable, spreadImages } from './comparable-images.ts';
import { countLeaks } from './count-leaks.ts';
import { findingsOf, type HealthMeasures } from './health-findings.ts';
import { healthScale } from './health-scale.ts';
import { laplacianVariance } from './health-side.ts';
import { makeMap } from './make-map.ts';
import { measureHealth } from './measure-health.ts';

const EYES = 40;

let studio: TestStudio;
let library: Library;
beforeAll(async () => {
  studio = await studioWithEyes(EYES);
  library = studio.library;
}, 60_000);
afterAll(() => studio[Symbol.dispose]());

describe('the domains', () => {
  test('are compared, in the shape that the window knows', async () => {
    const health = healthSchema.parse(await measureHealth(library, quietHooks()));
    for (const side of [health.synthetic, health.real]) {
      expect(side?.images).toBe(EYES);
      expect(side?.sizes).toEqual([{ widthPx: 55, heightPx: 35, count: EYES }]);
      const sum = (counts: readonly number[] = []): number => counts.reduce((all, count) => all + count, 0);
      expect(sum(side?.intensity)).toBe(EYES);
      expect(sum(side?.contrast)).toBe(EYES);
      expect(sum(side?.pixels)).toBe(EYES * 55 * 35);
      expect(sum(side?.gaze?.counts.flat())).toBe(EYES);
      expect(side?.joints).toHaveLength(34);
    }
    expect(health.leaks).toBe(0);
    expect(health.separability).toMatchObject({ images: 2 * EYES });
    expect(health.findings.map(({ text }) => text)).toContain(
      `Only ${EYES} real images: training may learn them by heart.`,
    );
  });

  test('are mapped: equal seeds, equal maps; images that are excluded are not on it', async () => {
    const [first] = library.imageSearch.ids({ role: 'real' });
    library.images.setExcluded([first], 'dark');
    for (const method of ['pca', 'umap'] as const) {
      const map = mapPointsSchema.parse(
        await makeMap(library, { method, images: 60, seed: 4 }, quietHooks()),
      );
      expect(map.set.filter((set) => set === 'synthetic')).toHaveLength(30);
      expect(map.x).toHaveLength(60);
      expect(map.x.every(Number.isFinite)).toBe(true);
      expect(new Set(map.imageId).size).toBe(60);
      expect(map.imageId).not.toContain(first);
      const again = await makeMap(library, { method, images: 60, seed: 4 }, quietHooks());
      expect({ ...again, madeAt: '' }).toEqual({ ...map, madeAt: '' });
    }
    library.images.setExcluded([first], null);
  });

  test('a library without images has no map, and its health says what to do', async () => {
    using nothing = temporaryLibrary();
    await expect(
      makeMap(nothing.library, { method: 'pca', images: 20, seed: 1 }, quietHooks()),
    ).rejects.toMatchObject({ code: 'bad-usage' });
    const health = healthSchema.parse(await measureHealth(nothing.library, quietHooks()));
    expect(health).toMatchObject({ synthetic: null, real: null, separability: null });
    expect(health.findings.map(({ level }) => level)).toEqual(['warning', 'warning']);
  });

  test('a picture in both is a leak, until it is excluded from one', async () => {
    const { signal } = quietHooks();
    const [synthetic, real] = ['synthetic', 'real'].map((role) => {
      const dataset = library.datasets.list().find((one) => one.role === role);
      return dataset?.id ?? 0;
    });
    const [a] = library.images.add(synthetic, [
      imageOf('a', { content: 'same' }),
      imageOf('b', { content: 'other' }),
    ]);
    const [, , c] = library.images.add(real, [
      imageOf('a', { content: 'same' }),
      imageOf('a again', { content: 'same' }),
      imageOf('c', { content: 'other' }),
      imageOf('d', { content: 'real only' }),
      imageOf('d again', { content: 'real only' }),
    ]);
    expect(await countLeaks(library, signal)).toBe(2);
    library.images.setExcluded([a], 'leak');
    expect(await countLeaks(library, signal)).toBe(1);
    library.images.setExcluded([c], 'leak');
    expect(await countLeaks(library, signal)).toBe(0);
    library.images.remove(library.imageSearch.ids({ pathContains: 'a' }).filter((id) => id >= a));
  });

  test('one that cannot be read is left out of a sample', async () => {
    const shape = await commonShape(library);
    if (!shape) throw new Error('There are images.');
    const images = spreadImages(library, 'synthetic', 10);
    const root = library.datasets.get(images[3].datasetId)?.rootPath ?? '';
    await rm(join(root, images[3].path));
    const read = await readComparable(library, images, shape, { ...quietHooks(), onImage: () => undefined });
    expect(read.imageIds).toEqual(images.filter((_, index) => index !== 3).map(({ id }) => id));
    expect(read.batch).toMatchObject({ count: 9, widthPx: 55, heightPx: 35, channels: 1 });
    expect(read.batch.images).toHaveLength(9 * 55 * 35);

    const dataset = library.datasets.get(images[3].datasetId);
    if (!dataset) throw new Error('There is the dataset.');
    const check = await checkFiles(library, dataset, quietHooks());
    expect(check.examples).toContain(images[3].path);
    expect(library.images.get(images[3].id)?.missing).toBe(true);
  });

  test('depth maps are compared over the millimetres that they measure', async () => {
    using hands = temporaryLibrary();
    const hand = { subject: 'hand', count: 3, seed: 1, widthPx: 96, heightPx: 96 } as const;
    await simulateDataset(hands.library, { ...hand, name: 'hands', look: 'render' }, quietHooks());
    const shape = await commonShape(hands.library);
    expect(shape).toMatchObject({ widthPx: 64, heightPx: 64, bitDepth: 16 });
    expect(shape?.depth?.windowMm).toBeLessThan(2_000);
    expect(shape?.depth?.foregroundOffsetMm).toBeGreaterThan(100);

    const health = healthSchema.parse(await measureHealth(hands.library, quietHooks()));
    expect(health.scale).toMatchObject({ unit: 'mm', pixels: { from: shape?.depth?.foregroundOffsetMm } });
    const [image] = [...hands.library.imageSearch.all({})];
    // Hands are 450 to 900 mm away: their mean says so, whatever the empty pixels around them are.
    expect(image.greyMean).toBeGreaterThan(400);
    expect(image.greyMean).toBeLessThan(1_000);
    expect(image.greyDeviation).toBeLessThan(120);
    const meanMm = (counts: readonly number[] = []): number => {
      const { from, width } = health.scale.pixels;
      const all = counts.reduce((sum, count) => sum + count, 0);
      return counts.reduce((sum, count, bin) => sum + count * (from + (bin + 0.5) * width), 0) / all;
    };
    expect(meanMm(health.synthetic?.pixels)).toBeGreaterThan(400);
    expect(meanMm(health.synthetic?.pixels)).toBeLessThan(1_000);
    const wrist = health.synthetic?.joints.find(({ name }) => name === 'wrist');
    expect(wrist && wrist.visibleShare + wrist.hiddenShare).toBe(1);
    expect(wrist?.down?.[0]).toBeGreaterThan(0);
    expect(wrist?.down?.[1]).toBeLessThanOrEqual(1);
    expect(healthScale(library, await commonShape(library)).unit).toBe('grey');
  });
});

test('blur lowers the variance of the Laplacian, and a flat picture has none', () => {
  const size = 16;
  const sharp = Float32Array.from({ length: size * size }, (_, at) =>
    ((at % size) + Math.floor(at / size)) % 2 ? 255 : 0,
  );
  const blurred = sharp.map((value) => value / 2 + 64);
  expect(laplacianVariance(new Float32Array(size * size).fill(99), size, size)).toBe(0);
  // ±4 · 255 around each pixel: variance (4 · 255)².
  expect(laplacianVariance(sharp, size, size)).toBeCloseTo((4 * 255) ** 2, 3);
  expect(laplacianVariance(blurred, size, size)).toBeCloseTo((2 * 255) ** 2, 3);
});

test('findings: warnings first, each with what to do', () => {
  const side = {
    images: 1000,
    intensity: Array.from({ length: 32 }, (_, bin) => (bin === 5 ? 1000 : 0)),
    contrast: Array.from({ length: 32 }, (_, bin) => (bin === 5 ? 1000 : 0)),
    pixels: [],
    sharpness: { median: 100, p10: 50, p90: 200 },
    sizes: [{ widthPx: 55, heightPx: 35, count: 1000 }],
    gaze: null,
    joints: [
      { name: 'thumb', visibleShare: 0, hiddenShare: 0.01, across: null, down: null },
      { name: 'palm', visibleShare: 0.04, hiddenShare: 0.9, across: null, down: null },
      { name: 'wrist', visibleShare: 0.4, hiddenShare: 0.6, across: null, down: null },
    ],
    duplicates: 0,
  };
  const scale = {
    unit: 'grey',
    intensity: { from: 0, width: 8 },
    contrast: { from: 0, width: 4 },
    pixels: { from: 0, width: 4 },
  } as const;
  const alike: HealthMeasures = {
    scale,
    isMixed: false,
    synthetic: { ...side, joints: [] },
    real: side,
    leaks: 0,
    separability: { accuracy: 0.5, low: 0.45, high: 0.55, images: 800 },
    missing: 0,
    unlabelled: 0,
  };
  expect(findingsOf(alike).map(({ level }) => level)).toEqual(['good', 'good']);
  const bright = Array.from({ length: 32 }, (_, bin) => (bin === 20 ? 1000 : 0));
  const troubled: HealthMeasures = {
    scale,
    isMixed: true,
    synthetic: { ...side, images: 90, duplicates: 30 },
    real: { ...side, intensity: bright, contrast: bright, sharpness: { median: 900, p10: 1, p90: 2 } },
    leaks: 3,
    separability: { accuracy: 0.99, low: 0.98, high: 1, images: 800 },
    missing: 1,
    unlabelled: 90,
  };
  const findings = findingsOf(troubled);
  expect(findings.map(({ level }) => level)).toEqual([
    ...Array<string>(6).fill('warning'),
    ...Array<string>(6).fill('note'),
  ]);
  expect(findings.every(({ text, remedy }) => text.endsWith('.') && remedy.endsWith('.'))).toBe(true);
  expect(findings.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      'Only 90 synthetic images: training may learn them by heart.',
      '3 pictures are in both domains, so what is real and what synthetic contradict each other.',
      '1 image has no file any more.',
      '90 synthetic images have no label.',
      'Hardly any image has a label for thumb.',
      'Labelled, but hidden in nearly all images: palm.',
      'Some sets hold depth and others pictures, which cannot be trained against each other.',
      '33 % of the synthetic images are duplicates of others.',
      'Real images are brighter by 120 grey levels.',
      'Real images are sharper or noisier than synthetic ones.',
      'A small classifier tells the domains apart 99 % of the time.',
    ]),
  );
  const ofFindings = (start: string): unknown => findings.find(({ text }) => text.startsWith(start))?.filter;
  expect(ofFindings('33 %')).toEqual({ role: 'synthetic', duplicate: true, excluded: false });
  expect(ofFindings('1 image has no file')).toEqual({ missing: true });

  const ofFew = { ...alike, separability: { accuracy: 0.5, low: 0.41, high: 0.59, images: 120 } };
  expect(findingsOf(ofFew).at(-1)).toMatchObject({ level: 'good', text: 'No picture is in both domains.' });
  expect(findingsOf(ofFew)[0]).toMatchObject({
    level: 'note',
    remedy: expect.stringContaining('little') as string,
  });

  const depth: HealthMeasures = {
    ...{ ...alike, scale: { ...scale, unit: 'mm', intensity: { from: 0, width: 30 } } },
    real: { ...side, intensity: bright },
  };
  expect(findingsOf(depth).map(({ text }) => text)).toContain(
    'What real images show is 450 mm farther away than what synthetic ones show.',
  );
});
