import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../pixels/decode.ts';
import { coco } from './coco.ts';
import { cvat } from './cvat.ts';
import { datumaro } from './datumaro.ts';
import { deepLabCut } from './deeplabcut.ts';
import { gazeHub } from './gazehub.ts';
import { icvlHand } from './icvl-hand.ts';
import type { Importer, ImportItem } from './importer.ts';
import { labelMe } from './labelme.ts';
import { labelStudio } from './label-studio.ts';
import { collect } from './testing.ts';
import { unityEyes2 } from './unityeyes2.ts';
import { yoloPose } from './yolo-pose.ts';

/** Every picture is 40 × 20. */
const png = encodePng({ pixels: new Uint8Array(800), widthPx: 40, heightPx: 20, channels: 1 });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'simgan-formats-'));
});
afterEach(async () => rm(root, { recursive: true }));

async function read(
  importer: Importer,
  pictures: readonly string[],
  files: Readonly<Record<string, string>>,
  options: unknown = {},
): Promise<ImportItem[]> {
  const put = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  for (const path of pictures) await put(path, png);
  for (const [path, content] of Object.entries(files)) await put(path, content);
  return collect(importer.read(root, options, new AbortController().signal));
}

const hidden = { x: 0, y: 0, visibility: 0 };

describe('COCO', () => {
  const document = (changes: Readonly<Record<string, unknown>> = {}): string =>
    JSON.stringify({
      images: [
        { id: '7', file_name: 'a.png', width: 40, height: 20 },
        { id: 8, file_name: 'b.png', width: 40, height: 20 },
      ],
      annotations: [
        { id: 1, image_id: 7, category_id: 1, bbox: [0, 0, 2, 2], keypoints: [1, 1, 2, 1, 1, 2], iscrowd: 0 },
        {
          ...{ id: 2, image_id: 7, category_id: 2, bbox: [0, 0, 20, 20], iscrowd: 0, num_keypoints: 1 },
          ...{ keypoints: [3.5, 4.5, 1, 0, 0, 0], righthand_kpts: Array(21).fill([9, 8, 2]).flat() },
        },
        {
          id: 3,
          image_id: 7,
          category_id: 1,
          bbox: [0, 0, 40, 20],
          iscrowd: 1,
          keypoints: [9, 9, 2, 9, 9, 2],
        },
      ],
      categories: [
        { id: 1, name: 'open', supercategory: 'hand', keypoints: ['wrist', 'tip'] },
        { id: 2, name: 'closed', supercategory: 'hand', keypoints: ['wrist', 'tip'] },
      ],
      ...changes,
    });

  it('gives the largest object that is no crowd, its category where there are several, ids as text or number', async () => {
    const items = await read(coco, ['a.png', 'b.png'], { 'instances.json': document() });
    expect(items).toMatchObject([
      {
        path: 'a.png',
        annotations: [
          { kind: 'keypoints', layout: 'points-2', points: [{ x: 3.5, y: 4.5, visibility: 1 }, hidden] },
          { kind: 'category', name: 'closed' },
        ],
        notes: [{ about: 'objects-left-out' }],
      },
      { path: 'b.png', annotations: [] },
    ]);
  });

  it('gives a hand of COCO-WholeBody', async () => {
    const items = await read(coco, ['a.png'], { 'x.json': document() }, { part: 'righthand_kpts' });
    expect(items[0]).toMatchObject({
      annotations: [{ layout: 'hand-21', points: { length: 21, 0: { x: 9, y: 8 } } }, { name: 'closed' }],
    });
  });

  it.each([
    ['{"images": [', /is no JSON/],
    ['', /has no "images" and "annotations"|is empty/],
    [JSON.stringify({ images: [{ id: 1 }], annotations: [] }), /images\.0\.file_name/],
    [JSON.stringify({ images: {}, annotations: [] }), /images/],
  ])('that is broken is refused with the place: %s', async (content, reason) => {
    await expect(read(coco, ['a.png'], { 'x.json': content })).rejects.toThrow(reason);
  });
});

describe('YOLO-pose', () => {
  const labels = 'labels/train/a.txt';

  it('gives points in pixels of the largest object, its class where there are several', async () => {
    const items = await read(yoloPose, ['images/train/a.png'], {
      'data.yaml': 'kpt_shape:\n  - 2\n  - 3\nnames: [left, right]\n',
      [labels]: '0 0.1 0.1 0.1 0.1 0.5 0.5 2 0.5 0.5 2\n1 0.5 0.5 1 1 0.25 0.5 1 0 0 0\n',
    });
    expect(items).toMatchObject([
      {
        path: 'images/train/a.png',
        annotations: [
          { kind: 'category', name: 'right' },
          { points: [{ x: 10, y: 10, visibility: 1 }, hidden] },
        ],
        notes: [{ about: 'objects-left-out' }],
      },
    ]);
  });

  it('gives points of two numbers, 0 0 being none, and an image without an object', async () => {
    const items = await read(yoloPose, ['images/train/a.png', 'images/train/b.png'], {
      [labels]: '0 0.5 0.5 1 1 0.25 0.5 0 0\n',
      'labels/train/b.txt': '',
    });
    expect(items).toMatchObject([
      { annotations: [{ points: [{ x: 10, y: 10, visibility: 2 }, hidden] }] },
      { path: 'images/train/b.png', annotations: [] },
    ]);
  });

  it.each(['0 0.5 0.5\n', '0 50 20 10 10 5 5 2\n', 'hand 0.5 0.5 1 1\n', '0 0.5 nan 1 1\n'])(
    'that is broken is refused: %j',
    async (content) => {
      await expect(read(yoloPose, ['images/train/a.png'], { [labels]: content })).rejects.toThrow(
        /labels\/train\/a\.txt has lines that are no YOLO objects/,
      );
    },
  );
});

describe('Label Studio', () => {
  const point = (label: string, x: number, parentID?: string) => ({
    ...{ type: 'keypointlabels', original_width: 200, original_height: 100, parentID },
    value: { x, y: 50, width: 0.5, keypointlabels: [label] },
  });
  const task = (image: string, ...result: unknown[]) => ({ data: { image }, annotations: [{ result }] });

  it('gives points in pixels in one order for all images, and a choice', async () => {
    const choice = { type: 'choices', value: { choices: ['open'] } };
    const tasks = [
      task('/data/local-files/?d=set/a%20b.png', point('tip', 10), point('base', 20), choice),
      task('/data/upload/1/0a1b2c3d-c.png', point('tip', 30)),
      task('/data/upload/1/0a1b2c3d-d.png'),
    ];
    const items = await read(labelStudio, ['a b.png', 'c.png', 'd.png'], { 'p.json': JSON.stringify(tasks) });
    expect(items).toMatchObject([
      {
        path: 'a b.png',
        annotations: [
          {
            points: [
              { x: 40, y: 50 },
              { x: 20, y: 50 },
            ],
          },
          { kind: 'category', name: 'open' },
        ],
      },
      { path: 'c.png', annotations: [{ points: [hidden, { x: 60 }] }] },
      { path: 'd.png', annotations: [] },
    ]);
  });

  it('takes the object with most points, and none of a cancelled annotation', async () => {
    const tasks = [
      {
        data: { image: 'a.png' },
        annotations: [
          { result: [point('tip', 10, 'p'), point('base', 20, 'p'), point('tip', 90, 'q')] },
          { was_cancelled: true, result: [point('tip', 1)] },
        ],
      },
    ];
    const [item] = await read(labelStudio, ['a.png'], { 'p.json': JSON.stringify(tasks) });
    expect(item).toMatchObject({
      annotations: [{ points: [{ x: 40 }, { x: 20 }] }],
      notes: [{ about: 'objects-left-out' }],
    });
  });
});

describe('CVAT', () => {
  const xml = (images: string): string =>
    `<?xml version="1.0"?><annotations><version>1.1</version>${images}</annotations>`;

  it('gives skeletons, lists of points and tags', async () => {
    const items = await read(cvat, ['a &1.png', 'b.png', 'c.png'], {
      'annotations.xml': xml(
        '<image id="0" name="a &amp;1.png" width="40" height="20"><skeleton label="hand"><points label="tip" outside="0" occluded="1" points="3.5,4.5"/><points label="base" outside="1" occluded="0" points="1,1"/></skeleton><tag label="open"/></image>' +
          '<image id="1" name="b.png" width="40" height="20"><tag label="closed"/></image>' +
          '<image id="2" name="c.png" width="40" height="20"></image>',
      ),
    });
    expect(items).toMatchObject([
      {
        path: 'a &1.png',
        annotations: [{ points: [hidden, { x: 3.5, y: 4.5, visibility: 1 }] }, { name: 'open' }],
      },
      { path: 'b.png', annotations: [{ name: 'closed' }] },
      { path: 'c.png', annotations: [] },
    ]);
    const points = '<image id="0" name="b.png"><points label="hand" points="1,2;3,4" occluded="0"/></image>';
    const listed = await read(cvat, ['b.png'], { 'annotations.xml': xml(points) });
    expect(listed.find(({ path }) => path === 'b.png')).toMatchObject({
      annotations: [
        {
          points: [
            { x: 1, y: 2 },
            { x: 3, y: 4 },
          ],
        },
      ],
    });
  });

  it.each([
    [xml('<image id="0" name="a.png">').slice(0, -5), /is cut off/],
    ['<other/>', /has no <annotations>/],
    [xml('<track id="0"/>'), /has no <image>/],
  ])('that is broken is refused: %s', async (content, reason) => {
    await expect(read(cvat, ['a.png'], { 'x.xml': content })).rejects.toThrow(reason);
  });
});

describe('LabelMe', () => {
  const file = (imagePath: string, shapes: readonly (readonly [string, number])[], flags = {}): string =>
    JSON.stringify({
      flags,
      shapes: shapes.map(([label, x]) => ({ label, points: [[x, 5]], group_id: null, shape_type: 'point' })),
      imagePath,
      imageData: null,
    });

  it('gives points in one order for all images, and a flag', async () => {
    const items = await read(labelMe, ['a.png', 'b.png'], {
      'a.json': file(
        'a.png',
        [
          ['tip', 1],
          ['base', 2],
        ],
        { open: true, closed: false },
      ),
      'b.json': file('..\\elsewhere\\b.png', [['tip', 3]]),
    });
    expect(items).toMatchObject([
      { path: 'a.png', annotations: [{ points: [{ x: 2 }, { x: 1 }] }, { name: 'open' }] },
      { path: 'b.png', annotations: [{ points: [hidden, { x: 3 }] }] },
    ]);
  });

  it('names a file that is none, and reads the others', async () => {
    const items = await read(labelMe, ['a.png', 'b.png'], {
      'a.json': file('a.png', [['tip', 1]]),
      'b.json': '{"shapes": [',
    });
    expect(items).toMatchObject([
      { path: 'a.png', annotations: [{}] },
      { path: 'b.json', reason: 'other-labels' },
      { path: 'b.png', reason: 'image-without-label' },
    ]);
  });
});

describe('Datumaro', () => {
  it('gives points, skeletons and labels', async () => {
    const document = {
      categories: {
        label: { labels: [{ name: 'hand' }, { name: 'open' }] },
        points: { items: [{ label_id: 0, labels: ['base', 'tip'], joints: [] }] },
      },
      items: [
        {
          id: 'a',
          annotations: [
            { type: 'points', label_id: 0, points: [1, 2, 3, 4], visibility: [1, 0] },
            { type: 'label', label_id: 1 },
          ],
          image: { path: 'a.png' },
        },
        {
          id: 'sub/b',
          annotations: [
            {
              type: 'skeleton',
              label_id: 0,
              elements: [{ type: 'points', points: [5, 6], visibility: [2] }],
            },
          ],
          image: {},
        },
      ],
    };
    const items = await read(datumaro, ['images/train/a.png', 'images/train/sub/b.png'], {
      'annotations/train.json': JSON.stringify(document),
    });
    expect(items).toMatchObject([
      { annotations: [{ points: [{ x: 1, y: 2, visibility: 1 }, hidden] }, { name: 'open' }] },
      { path: 'images/train/sub/b.png', annotations: [{ points: [{ x: 5, y: 6 }] }] },
    ]);
  });
});

describe('DeepLabCut', () => {
  const file = (...rows: string[]): string =>
    ['scorer,me,me,me,me', 'bodyparts,wrist,wrist,tip,tip', 'coords,x,y,x,y', ...rows].join('\n');

  it('gives points in the order of the columns; empty ones are not labelled', async () => {
    const items = await read(deepLabCut, ['labeled-data/v/0.png', 'labeled-data/v/1.png'], {
      'CollectedData_me.csv': file('labeled-data/v/0.png,1.5,2,3,4', 'labeled-data/v/1.png,,,5,6'),
    });
    expect(items).toMatchObject([
      {
        annotations: [
          {
            points: [
              { x: 1.5, y: 2 },
              { x: 3, y: 4 },
            ],
          },
        ],
      },
      { annotations: [{ points: [hidden, { x: 5, y: 6 }] }] },
    ]);
  });

  it('without its header lines is refused', async () => {
    const content = 'scorer,me,me\na.png,1,2\n';
    await expect(read(deepLabCut, ['a.png'], { 'x.csv': content })).rejects.toThrow(
      /x\.csv has no lines "bodyparts" and "coords"/,
    );
  });
});

describe('GazeHub', () => {
  it('gives the vector in the camera frame, or yaw and pitch; a gaze without numbers is named', async () => {
    const items = await read(gazeHub, ['Image/face/1.jpg', 'Image/face/2.jpg', 'Image/face/3.jpg'], {
      'a.label': 'Face Origin 3DGaze 2DGaze\nface/1.jpg x 0,-0.6,-0.8 9,9\nface/3.jpg x nan,0,0 nan,0\n',
      'b.label': 'Face Origin 2DGaze\nface/2.jpg x 0.25,-0.5\n',
    });
    expect(items).toMatchObject([
      { annotations: [{ pitchRad: expect.closeTo(Math.asin(0.6), 9) as number, yawRad: -0 }] },
      { line: 3, reason: 'nan-label', picture: 'Image/face/3.jpg' },
      { annotations: [{ pitchRad: -0.5, yawRad: 0.25 }] },
    ]);
  });
});

describe('ICVL', () => {
  it('gives 16 joints with their depth, also for a path with spaces', async () => {
    const joints = Array.from({ length: 16 }, (_, joint) => `${joint}.5 10 ${400 + joint}`).join(' ');
    const items = await read(icvlHand, ['Depth/2014 a/image_0.png'], {
      'labels.txt': `2014 a/image_0.png ${joints} \n`,
    });
    expect(items).toMatchObject([
      { annotations: [{ points: { length: 16, 15: { x: 15.5, y: 10, zMm: 415, visibility: 2 } } }] },
    ]);
  });

  it('with another number of joints is refused', async () => {
    await expect(read(icvlHand, ['a.png'], { 'labels.txt': 'a.png 1 2 3\n' })).rejects.toThrow(
      /has no lines of a path and 48 numbers/,
    );
  });
});

describe('UnityEyes 2', () => {
  const vectors = (count: number): string[] => Array.from({ length: count }, () => '(10.0, 5.0, 9.0)');
  const camera = { interior_margin_2d: vectors(16), caruncle_2d: vectors(7), iris_2d: vectors(32) };
  const file = (...cameras: string[]): string =>
    JSON.stringify({
      eye_details: { look_vec: '(0.0, 0.6, -0.8, 0.0)' },
      cameras: Object.fromEntries(cameras.map((name) => [name, camera])),
    });

  it('gives the points of each camera with y from the top, and a gaze where there is one camera', async () => {
    const items = await read(unityEyes2, ['1_left.png', '1_right.png', '2_cam.png'], {
      '1.json': file('left', 'right'),
      '2.json': file('cam'),
    });
    const point = { x: 10, y: 15, zMm: 90 };
    expect(items).toMatchObject([
      { path: '1_left.png', annotations: [{ layout: 'unityeyes-55', points: { 0: point } }] },
      { path: '1_right.png', annotations: [{ kind: 'keypoints' }] },
      {
        path: '2_cam.png',
        annotations: [{ pitchRad: expect.closeTo(Math.asin(0.6), 9) as number }, { kind: 'keypoints' }],
      },
    ]);
  });
});
