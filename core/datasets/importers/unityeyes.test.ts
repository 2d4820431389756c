import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transformer } from '@napi-rs/image';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keypoints } from '../../contract/annotation.ts';
import { detectFormat } from './importers.ts';
import type { ImportItem, ImportedImage } from './importer.ts';
import { checkLabels } from './inspect.ts';
import { collect } from './testing.ts';
import { unityEyes } from './unityeyes.ts';
import { convertUnityEyes, unityEyesLabelSchema } from './unityeyes-label.ts';

const signal = new AbortController().signal;
const EXAMPLE = join(import.meta.dirname, '../../../../shared/data/unityeyes/example.json');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'simgan-unityeyes-'));
  await mkdir(join(root, 'imgs'));
});
afterEach(async () => rm(root, { recursive: true }));

const jpeg = async (widthPx: number, heightPx: number) =>
  Transformer.fromRgbaPixels(new Uint8Array(widthPx * heightPx * 4).fill(180), widthPx, heightPx).jpeg(75);

interface Eye {
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly look?: readonly [number, number, number];
  /** As a system with decimal commas writes it. */
  readonly comma?: boolean;
}

/** A label file as UnityEyes writes one: an eye 0.21 H wide, its iris where the gaze puts it. */
function label({
  widthPx = 640,
  heightPx = 480,
  look = [0.34, 0.39, -0.856],
  comma = false,
}: Eye = {}): string {
  const number = (value: number) => value.toFixed(4).replace('.', comma ? ',' : '.');
  const vector = (...values: number[]) => `(${values.map(number).join(', ')})`;
  const ring = (count: number, x: number, y: number, radiusX: number, radiusY: number) =>
    Array.from({ length: count }, (_, index) => {
      const angle = (2 * Math.PI * index) / count;
      return vector(x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle), 8.9);
    });
  const [middleX, middleY] = [widthPx / 2, heightPx / 2];
  const shift = 0.134 * heightPx;
  const irisRadius = 0.06 * heightPx;
  return JSON.stringify({
    interior_margin_2d: ring(16, middleX, middleY, 0.105 * heightPx, 0.07 * heightPx),
    caruncle_2d: ring(7, middleX - 0.12 * heightPx, middleY, 4, 4),
    iris_2d: ring(32, middleX + shift * look[0], middleY + shift * look[1], irisRadius, irisRadius),
    eye_details: { look_vec: vector(...look, 0), pupil_size: '-0.3122', iris_texture: 'eyeball_brown' },
    head_pose: vector(355, 203, 0),
  });
}

async function put(stem: string, eye: Eye = {}, picture = eye): Promise<void> {
  await writeFile(
    join(root, 'imgs', `${stem}.jpg`),
    await jpeg(picture.widthPx ?? 640, picture.heightPx ?? 480),
  );
  await writeFile(join(root, 'imgs', `${stem}.json`), label(eye));
}

const read = async (options?: unknown): Promise<ImportItem[]> =>
  collect(unityEyes.read(root, options, signal));

function keypointsOf(item: ImportItem): Keypoints {
  if (item.kind !== 'image') throw new Error(item.message);
  const found = item.annotations.find((annotation) => annotation.kind === 'keypoints');
  if (!found) throw new Error('no keypoints');
  return found;
}

describe('UnityEyes', () => {
  it('turns gaze and points to our axes, crops around the lids, and keeps how the picture was made', async () => {
    await put('1');
    const [item] = await read();
    expect(item).toMatchObject({
      kind: 'image',
      path: 'imgs/1.jpg',
      crop: { x: 250, y: 198, width: 140, height: 84 },
      source: { eye_details: { iris_texture: 'eyeball_brown' }, head_pose: '(355.0000, 203.0000, 0.0000)' },
    });
    const [gaze] = (item as ImportedImage).annotations;
    if (gaze.kind !== 'gaze') throw new Error('no gaze');
    expect(gaze.vector[0]).toBeCloseTo(0.34, 3);
    expect(gaze.vector[1]).toBeCloseTo(-0.39, 3);
    expect(gaze.vector[2]).toBeLessThan(0);
    expect(gaze.pitchRad).toBeGreaterThan(0);
    const { points } = keypointsOf(item);
    // Looks up: the first iris point, at the height of the iris centre, lies above the middle of the picture.
    expect(points[23].y).toBeCloseTo(480 - (240 + 0.134 * 480 * 0.39), 3);
    expect(points[0].zMm).toBeCloseTo(89, 9);
    expect(new Set(points.slice(0, 23).map(({ visibility }) => visibility))).toEqual(new Set([2]));
    expect(new Set(points.slice(23).map(({ visibility }) => visibility))).toEqual(new Set([1, 2]));
    expect(checkLabels(item as ImportedImage, { widthPx: 640, heightPx: 480 })).toBe(item);
    expect(await read({ crop: 'whole' })).not.toMatchObject([{ crop: {} }]);
  });

  it('reads decimal commas and any window size', async () => {
    await put('1', { comma: true });
    await put('2', {});
    await put('3', { widthPx: 800, heightPx: 600 });
    const [comma, point, large] = await read();
    expect((comma as ImportedImage).annotations).toEqual((point as ImportedImage).annotations);
    expect(large).toMatchObject({ kind: 'image', crop: { width: 175, height: 105 } });
  });

  it('finds pictures that were resized or cropped after they were labelled', async () => {
    await put('1', { widthPx: 800, heightPx: 600 }, { widthPx: 640, heightPx: 480 });
    await put('2', {}, { widthPx: 640, heightPx: 440 });
    await put('3', { look: [0, 0, -1] }, { widthPx: 600, heightPx: 480 });
    await put('4', { look: [0, 0, -1] });
    expect(await read()).toMatchObject([
      { path: 'imgs/1.json', reason: 'picture-resized' },
      { path: 'imgs/2.json', reason: 'picture-resized' },
      { path: 'imgs/3.json', reason: 'picture-resized' },
      { kind: 'image' },
    ]);
  });

  it('names every file it leaves out and reads the others', async () => {
    await put('1');
    await put('2');
    await put('3');
    await put('4');
    await put('5');
    const at = (name: string) => join(root, 'imgs', name);
    await rm(at('1.json'));
    await rm(at('2.jpg'));
    await writeFile(at('3.json'), '{"broken":');
    await writeFile(at('4.json'), label().replaceAll('0.3400', 'NaN'));
    await writeFile(at('6.jpg'), '');
    await writeFile(at('6.json'), label());
    await writeFile(at('7.jpg'), await jpeg(64, 48));
    await writeFile(at('7.json'), JSON.stringify({ cameras: {} }));
    expect(await read()).toMatchObject([
      { path: 'imgs/1.jpg', reason: 'image-without-label' },
      { path: 'imgs/2.json', reason: 'label-without-image' },
      { path: 'imgs/3.json', reason: 'bad-label' },
      { path: 'imgs/4.json', reason: 'nan-label' },
      { kind: 'image', path: 'imgs/5.jpg' },
      { path: 'imgs/6.jpg', reason: 'unreadable', message: 'imgs/6.jpg is empty.' },
      { path: 'imgs/7.json', reason: 'bad-label', message: expect.stringContaining('UnityEyes 2') as string },
    ]);
  });

  it('is recognised by a label', async () => {
    await put('1');
    const [best] = await detectFormat(root);
    expect(best).toMatchObject({ confidence: 0.95, importer: { id: 'unityeyes' } });
  });

  it.skipIf(!existsSync(EXAMPLE))(
    'puts the iris of a real label where its gaze points to (skipped where ../shared/data is absent)',
    async () => {
      const real = unityEyesLabelSchema.parse(JSON.parse(await readFile(EXAMPLE, 'utf8')));
      const size = { widthPx: 800, heightPx: 600 };
      const converted = convertUnityEyes(real, size);
      if (!('annotations' in converted)) throw new Error(converted.message);
      const [gaze, keypoints] = converted.annotations;
      if (gaze.kind !== 'gaze' || keypoints.kind !== 'keypoints') throw new Error('other annotations');
      const iris = keypoints.points.slice(23);
      const shiftX = iris.reduce((sum, { x }) => sum + x, 0) / 32 - 400;
      const shiftY = iris.reduce((sum, { y }) => sum + y, 0) / 32 - 300;
      // The camera looks at the middle of the eyeball: one scale for both axes, in our frame without any sign.
      expect(shiftX / gaze.vector[0]).toBeCloseTo(80.6, 0);
      expect(shiftY / gaze.vector[1]).toBeCloseTo(80.6, 0);
      expect(gaze.pitchRad).toBeGreaterThan(0);
      // The same label with a picture of another size is found out.
      for (const other of [
        { widthPx: 640, heightPx: 480 },
        { widthPx: 400, heightPx: 300 },
      ]) {
        expect(convertUnityEyes(real, other)).toMatchObject({ reason: 'picture-resized' });
      }
    },
  );
});
