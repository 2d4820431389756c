import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../pixels/decode.ts';
import { importerOf } from './importers.ts';

const png = encodePng({ pixels: new Uint8Array(800), widthPx: 40, heightPx: 20, channels: 1 });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'simgan-detection-'));
});
afterEach(async () => rm(root, { recursive: true }));

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

const choose = () => importerOf(root, 'synthetic', undefined);

const coco = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    images: [{ id: 1, file_name: 'a.png' }],
    annotations: [{ image_id: 1, category_id: 1, keypoints: [1, 2, 2] }],
    categories: [{ id: 1, name: 'hand', keypoints: ['wrist'] }],
    ...changes,
  });

describe('the label file', () => {
  it('is found among many files of another kind', async () => {
    await put('a.png', png);
    for (let place = 0; place < 210; place++) await put(`render/${place}.json`, '{"seed": 3}');
    await put('render/points.json', coco());
    expect(await choose()).toMatchObject({ importer: { id: 'coco' }, labelled: 1 });
  });

  it('of each image is counted where only some of many are opened', async () => {
    for (let place = 0; place < 210; place++) {
      await put(`images/${place}.png`, png);
      await put(`labels/${place}.txt`, '0 0.5 0.5 0.2 0.2 0.4 0.4 2');
    }
    expect(await choose()).toMatchObject({ importer: { id: 'yolo-pose' }, labelled: 210, unread: [] });
  });

  it('may be in UTF-16', async () => {
    await put('a.png', png);
    await put('points.json', Buffer.from(coco(), 'utf16le'));
    expect(await choose()).toMatchObject({ importer: { id: 'coco' }, labelled: 1 });
  });

  it('may be called classes', async () => {
    await put('a.png', png);
    await put('classes.csv', 'file,class\na.png,open\n');
    expect(await choose()).toMatchObject({ importer: { id: 'table' }, labelled: 1 });
  });
});

describe('a label file that is not read', () => {
  const shape = { label: 'tip', points: [[1, 2]], shape_type: 'point' };

  it.each([
    [
      'COCO',
      'x.json',
      coco({ annotations: [{ image_id: 1, keypoints: 'none' }] }),
      /annotations\.0\.keypoints/,
    ],
    [
      'LabelMe',
      'x.json',
      JSON.stringify({ imagePath: 'a.png', shapes: [{ ...shape, points: 3 }] }),
      /shapes\.0/,
    ],
    ['a LabelMe file that was cut off', 'x.json', '{"imagePath": "a.png", "shapes": [', /is no JSON/],
    ['Label Studio', 'x.json', '[{"data": 3, "annotations": [{"result": []}]}]', /0\.data/],
    ['Datumaro', 'x.json', '{"categories": {}, "items": [{"id": 3, "annotations": []}]}', /items\.0\.id/],
    ['CVAT', 'x.xml', '<annotations><image id="0" name="a.png">', /cut off/],
    ['JSON of another kind', 'x.json', '{"a": 1}', /holds no list of objects/],
  ])('is named with the true reason: %s', async (_what, path, content, reason) => {
    await put('a.png', png);
    await put(path, content);
    expect((await choose()).unread).toEqual([
      expect.objectContaining({ path, why: expect.stringMatching(reason) as string }),
    ]);
  });
});
