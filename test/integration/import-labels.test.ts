import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodePng } from '../../core/datasets/pixels/decode.ts';
import { temporaryLibrary } from '../../core/library/temporary-library.ts';
import { importDataset, type ImportReport } from '../../core/studio/data/import-dataset.ts';
import type { LabelledImage } from '../../core/library/images.ts';
import { temporaryFolder } from '../support/simgan.ts';

const WIDTH = 32;
const HEIGHT = 24;

/** A picture; each has other bytes, so that none is a duplicate. */
function picture(seed: number): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT).fill(40 + (seed % 180));
  pixels[0] = seed % 256;
  pixels[1] = Math.floor(seed / 256);
  return encodePng({ pixels, widthPx: WIDTH, heightPx: HEIGHT, channels: 1 });
}

interface Case {
  readonly what: string;
  readonly pictures: readonly string[];
  readonly files?: (root: string) => Readonly<Record<string, string | Uint8Array>>;
  /** All pictures, where left out. */
  readonly labelled?: number;
  readonly format: string;
}

const numbered = (count: number, name = (index: number) => `${index}.png`): string[] =>
  Array.from({ length: count }, (_, index) => name(index));

const csv = (names: readonly string[], header = 'file,pitch,yaw'): string =>
  [header, ...names.map((name, index) => `${name},0.${index % 5},-0.1`)].join('\n');

const SIX = numbered(6, (index) => `a${index}.png`);

const keypoints = [4, 5, 2, 8, 9, 2];

const cocoOf = (names: readonly string[]): string =>
  JSON.stringify({
    images: names.map((file_name, index) => ({ id: index + 1, file_name, width: WIDTH, height: HEIGHT })),
    annotations: names.map((_, index) => ({
      id: index + 1,
      image_id: index + 1,
      category_id: 1,
      bbox: [2, 2, 20, 20],
      area: 400,
      iscrowd: 0,
      num_keypoints: 2,
      keypoints,
    })),
    categories: [{ id: 1, name: 'hand', supercategory: 'hand', keypoints: ['wrist', 'tip'], skeleton: [] }],
  });

const vectors = (count: number): string[] => Array.from({ length: count }, (_, at) => `(${at}.0, 12.0, 9.0)`);

const eyeLabel = {
  interior_margin_2d: vectors(16),
  caruncle_2d: vectors(7),
  iris_2d: Array.from({ length: 32 }, () => '(16.0, 12.0, 9.0)'),
};

const unityEyes = JSON.stringify({ ...eyeLabel, eye_details: { look_vec: '(0.0, 0.0, -1.0, 0.0)' } });

const CASES: readonly Case[] = [
  // Only so many names were looked at.
  {
    what: '2,001 pictures and a table',
    pictures: numbered(2001),
    files: () => ({ 'labels.csv': csv(numbered(2001)) }),
    format: 'table',
  },
  // The first row, or file, decided.
  {
    what: 'a table whose first row names a deleted image',
    pictures: SIX,
    files: () => ({ 'labels.csv': csv(['gone.png', ...SIX]) }),
    format: 'table',
  },
  {
    what: 'JSON lines whose first has no label',
    pictures: SIX,
    files: () => ({
      'labels.jsonl': SIX.map((file, index) =>
        JSON.stringify(index === 0 ? { file } : { file, pitch: 0.1, yaw: 0.2 }),
      ).join('\n'),
    }),
    // The first has no label, and says so.
    labelled: 5,
    format: 'table',
  },
  {
    what: 'UnityEyes whose first file is empty',
    pictures: numbered(6),
    files: () =>
      Object.fromEntries(
        numbered(6, (at) => `${at}.json`).map((path, at) => [path, at === 0 ? '' : unityEyes]),
      ),
    labelled: 5,
    format: 'unityeyes',
  },
  // Shapes of folders.
  {
    what: 'digits as names of categories',
    pictures: [0, 1, 7].flatMap((digit) => SIX.map((name) => `${digit}/${name}`)),
    format: 'category-folders',
  },
  { what: 'a single category', pictures: SIX.map((name) => `open/${name}`), format: 'category-folders' },
  {
    what: 'categories in splits',
    pictures: ['train/open', 'train/closed', 'val/open'].flatMap((folder) =>
      SIX.map((name) => `${folder}/${name}`),
    ),
    format: 'category-folders',
  },
  {
    what: 'categories and a stray picture',
    pictures: [
      'stray.png',
      ...['open', 'closed'].flatMap((folder) => SIX.map((name) => `${folder}/${name}`)),
    ],
    labelled: 12,
    format: 'category-folders',
  },
  // Tables.
  {
    what: 'a first line sep=;',
    pictures: SIX,
    files: () => ({ 'labels.csv': `sep=;\n${csv(SIX).replaceAll(',', ';')}` }),
    format: 'table',
  },
  {
    what: 'absolute paths inside the folder',
    pictures: SIX,
    files: (root) => ({ 'labels.csv': csv(SIX.map((name) => join(root, name))) }),
    format: 'table',
  },
  {
    what: 'absolute paths of another computer',
    pictures: SIX.map((name) => `images/${name}`),
    files: () => ({ 'labels.csv': csv(SIX.map((name) => `C:\\Users\\me\\renders\\${name}`)) }),
    format: 'table',
  },
  ...[
    'Filename,Pitch,Yaw',
    ' Image ,Gaze Pitch,Gaze Yaw',
    'filepath,PITCH_RAD,YAW-RAD',
    'ImgName,theta,phi',
  ].map((header): Case => ({
    what: `the header "${header}"`,
    pictures: SIX,
    files: () => ({ 'labels.csv': csv(SIX, header) }),
    format: 'table',
  })),
  {
    what: 'names in capitals',
    pictures: SIX,
    files: () => ({ 'labels.csv': csv(SIX.map((name) => name.toUpperCase())) }),
    format: 'table',
  },
  {
    what: 'names in another Unicode form',
    pictures: ['é1.png', 'é2.png', 'ü.png'].map((name) => name.normalize('NFD')),
    files: () => ({ 'labels.csv': csv(['é1.png', 'é2.png', 'ü.png'].map((name) => name.normalize('NFC'))) }),
    format: 'table',
  },
  {
    what: 'names in Latin-1',
    pictures: ['é1.png', 'ü.png'],
    files: () => ({ 'labels.csv': Buffer.from(csv(['é1.png', 'ü.png']), 'latin1') }),
    format: 'table',
  },
  {
    what: 'names in Shift JIS',
    pictures: ['目1.png', '目2.png'],
    // 目 is 0x96 0xDA.
    files: () => ({
      'labels.csv': Buffer.concat(
        ['file,pitch,yaw\n', 1, '1.png,0.1,0.2\n', 1, '2.png,0.1,0.2\n'].map((part) =>
          typeof part === 'number' ? Buffer.from([0x96, 0xda]) : Buffer.from(part),
        ),
      ),
    }),
    format: 'table',
  },
  {
    what: 'backslashes',
    pictures: SIX.map((name) => `sub/${name}`),
    files: () => ({ 'labels.csv': csv(SIX.map((name) => `sub\\${name}`)) }),
    format: 'table',
  },
  {
    what: 'percent signs',
    pictures: SIX.map((name) => `an eye ${name}`),
    files: () => ({ 'labels.csv': csv(SIX.map((name) => encodeURIComponent(`an eye ${name}`))) }),
    format: 'table',
  },
  {
    what: 'another ending',
    pictures: SIX,
    files: () => ({ 'labels.csv': csv(SIX.map((name) => name.replace('.png', '.jpg'))) }),
    format: 'table',
  },
  {
    what: 'no ending',
    pictures: SIX,
    files: () => ({ 'labels.csv': csv(SIX.map((name) => name.replace('.png', ''))) }),
    format: 'table',
  },
  {
    what: 'two tables that share the pictures',
    pictures: SIX,
    files: () => ({ 'train.csv': csv(SIX.slice(0, 4)), 'test.csv': csv(SIX.slice(4)) }),
    format: 'table',
  },
  {
    what: 'two tables of two kinds of labels',
    pictures: SIX,
    files: () => ({
      'gaze.csv': csv(SIX),
      'state.csv': ['file,category', ...SIX.map((name) => `${name},open`)].join('\n'),
    }),
    format: 'table',
  },
  {
    what: 'a table in a folder of its own',
    pictures: SIX.map((name) => `images/${name}`),
    files: () => ({ 'annotations/labels.csv': csv(SIX) }),
    format: 'table',
  },
  {
    what: 'metadata in each split',
    pictures: ['train', 'test'].flatMap((split) => SIX.map((name) => `${split}/${name}`)),
    files: () => ({ 'train/metadata.csv': csv(SIX, 'file_name,pitch,yaw'), 'test/metadata.csv': csv(SIX) }),
    format: 'table',
  },
  {
    what: 'UTF-16 without a mark',
    pictures: SIX,
    files: () => ({ 'labels.csv': Buffer.from(csv(SIX), 'utf16le') }),
    format: 'table',
  },
  {
    what: 'several numbers in a cell',
    pictures: SIX,
    files: () => ({
      'labels.csv': ['image,gaze', ...SIX.map((name) => `${name},"(0.34, 0.38, -0.85)"`)].join('\n'),
    }),
    format: 'table',
  },
  {
    what: 'points by name',
    pictures: SIX,
    files: () => ({ 'labels.csv': ['file,pupil_x,pupil_y', ...SIX.map((name) => `${name},3,4`)].join('\n') }),
    format: 'table',
  },
  {
    what: 'points as u, v, d',
    pictures: SIX,
    files: () => ({
      'labels.csv': ['file,u0,v0,d0,u1,v1,d1', ...SIX.map((name) => `${name},3,4,600,5,6,610`)].join('\n'),
    }),
    format: 'table',
  },
  {
    what: 'a JSON array',
    pictures: SIX,
    files: () => ({
      'labels.json': JSON.stringify(SIX.map((image) => ({ image, gaze: { pitch: 0.1, yaw: 0.2 } }))),
    }),
    format: 'table',
  },
  {
    what: 'JSON objects by name',
    pictures: SIX,
    files: () => ({
      'labels.json': JSON.stringify(Object.fromEntries(SIX.map((name) => [name, { pitch: 0.1, yaw: 0.2 }]))),
    }),
    format: 'table',
  },
  // Formats.
  {
    what: 'COCO',
    pictures: SIX.map((name) => `images/${name}`),
    files: () => ({ 'annotations/instances.json': cocoOf(SIX) }),
    format: 'coco',
  },
  {
    what: 'Label Studio',
    pictures: SIX,
    files: () => ({
      'project-1.json': JSON.stringify(
        SIX.map((name, id) => ({
          id,
          data: { image: `/data/upload/1/0a1b2c3d-${name}` },
          annotations: [
            {
              result: ['wrist', 'tip'].map((label, at) => ({
                type: 'keypointlabels',
                original_width: WIDTH,
                original_height: HEIGHT,
                value: { x: 10 + at * 10, y: 20, width: 1, keypointlabels: [label] },
              })),
            },
          ],
        })),
      ),
    }),
    format: 'label-studio',
  },
  {
    what: 'LabelMe',
    pictures: SIX,
    files: () =>
      Object.fromEntries(
        SIX.map((name) => [
          name.replace('.png', '.json'),
          JSON.stringify({
            version: '5.5.0',
            flags: {},
            shapes: [
              { label: 'tip', points: [[3, 4]], group_id: null, shape_type: 'point', flags: {} },
              { label: 'base', points: [[5, 6]], group_id: null, shape_type: 'point', flags: {} },
            ],
            imagePath: name,
            imageData: null,
            imageHeight: HEIGHT,
            imageWidth: WIDTH,
          }),
        ]),
      ),
    format: 'labelme',
  },
  {
    what: 'CVAT',
    pictures: SIX,
    files: () => ({
      'annotations.xml': `<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version>${SIX.map(
        (name, id) =>
          `<image id="${id}" name="${name}" width="${WIDTH}" height="${HEIGHT}"><skeleton label="hand"><points label="wrist" outside="0" occluded="1" points="3.5,4.5"/><points label="tip" outside="1" occluded="0" points="1,1"/></skeleton></image>`,
      ).join('')}</annotations>`,
    }),
    format: 'cvat',
  },
  {
    what: 'YOLO-pose',
    pictures: SIX.map((name) => `images/train/${name}`),
    files: () => ({
      'data.yaml': 'train: images/train\nval: images/val\nkpt_shape: [2, 3]\nnames:\n  0: hand\n',
      ...Object.fromEntries(
        SIX.map((name) => [
          `labels/train/${name.replace('.png', '.txt')}`,
          '0 0.5 0.5 0.8 0.8 0.25 0.5 2 0 0 0\n',
        ]),
      ),
    }),
    format: 'yolo-pose',
  },
  {
    what: 'Datumaro',
    pictures: SIX.map((name) => `images/default/${name}`),
    files: () => ({
      'annotations/default.json': JSON.stringify({
        info: {},
        categories: {
          label: { labels: [{ name: 'hand', parent: '' }] },
          points: { items: [{ label_id: 0, labels: ['wrist', 'tip'], joints: [[1, 2]] }] },
        },
        items: SIX.map((name) => ({
          id: name.replace('.png', ''),
          annotations: [{ id: 0, type: 'points', label_id: 0, points: [3, 4, 5, 6], visibility: [2, 1] }],
          image: { path: name, size: [HEIGHT, WIDTH] },
        })),
      }),
    }),
    format: 'datumaro',
  },
  {
    what: 'DeepLabCut',
    pictures: SIX.map((name) => `labeled-data/one/${name}`),
    files: () => ({
      'labeled-data/one/CollectedData_me.csv': [
        'scorer,,,me,me,me,me',
        'bodyparts,,,wrist,wrist,tip,tip',
        'coords,,,x,y,x,y',
        ...SIX.map((name) => `labeled-data,one,${name},3,4,,`),
      ].join('\n'),
    }),
    format: 'deeplabcut',
  },
  {
    what: 'GazeHub',
    pictures: SIX.map((name) => `Image/p00/left/${name}`),
    files: () => ({
      'Label/p00.label': [
        'Face Left Right Origin WhichEye 3DGaze 2DGaze 3DHead 2DHead',
        ...SIX.map(
          (name) =>
            `p00/face/${name} p00/left/${name} p00/right/${name} day01/0001.jpg left 0.1,0.2,-0.97 -0.1,-0.2 0,0,1 0,0`,
        ),
      ].join('\n'),
    }),
    format: 'gazehub',
  },
  {
    what: 'ICVL',
    pictures: SIX.map((name) => `Depth/201403121135/${name}`),
    files: () => ({
      'labels.txt': SIX.map(
        (name) => `201403121135/${name} ${Array(16).fill('10.5 11.5 400.25').join(' ')} `,
      ).join('\n'),
    }),
    format: 'icvl-hand',
  },
  {
    what: 'UnityEyes 2',
    pictures: numbered(6, (index) => `imgs/${index}_front.png`),
    files: () =>
      Object.fromEntries(
        numbered(6, (index) => `imgs/${index}.json`).map((path) => [
          path,
          JSON.stringify({ eye_details: {}, cameras: { front: { ...eyeLabel, head_pose: '(0, 180, 0)' } } }),
        ]),
      ),
    format: 'unityeyes-2',
  },
];

async function makeFolder({ pictures, files }: Pick<Case, 'pictures' | 'files'>): Promise<string> {
  const root = join(await temporaryFolder(), 'set');
  const put = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  for (const [index, path] of pictures.entries()) await put(path, picture(index));
  for (const [path, content] of Object.entries(files?.(root) ?? {})) await put(path, content);
  return root;
}

async function importFolder(
  folder: string,
  request: Partial<Parameters<typeof importDataset>[1]> = {},
): Promise<{ report: ImportReport; images: LabelledImage[] }> {
  const temporary = temporaryLibrary();
  onTestFinished(() => {
    temporary[Symbol.dispose]();
  });
  const { library } = temporary;
  const report = await importDataset(
    library,
    {
      role: 'synthetic',
      folder,
      format: undefined,
      options: undefined,
      name: undefined,
      copy: false,
      ...request,
    },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  return { report, images: [...library.imageSearch.all({})] };
}

describe('a labelled synthetic folder', () => {
  it.each(CASES)('comes in with its labels: $what', async ({ pictures, files, labelled, format }) => {
    const { report, images } = await importFolder(
      await makeFolder({ pictures, ...(files ? { files } : {}) }),
    );
    const expected = labelled ?? pictures.length;
    expect(report.format).toBe(format);
    expect(images.filter(({ annotations }) => annotations.length > 0)).toHaveLength(expected);
    expect(report).toMatchObject({ pictures: pictures.length, withLabels: expected });
  });
});

describe('a synthetic folder in which nothing has a label', () => {
  const unknown = { pictures: SIX, files: () => ({ 'labels.csv': csv(SIX, 'file,pupil_x,age') }) };

  it('is refused, with the files that were not understood', async () => {
    const folder = await makeFolder(unknown);
    await expect(importFolder(folder)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/None of the 6 images.*labels\.csv.*pupil_x, age/s) as string,
      remedy: expect.stringContaining('--unlabelled') as string,
    });
    await expect(importFolder(folder, { format: 'plain-folder' })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });

  it('is imported on request', async () => {
    const { report } = await importFolder(await makeFolder(unknown), { unlabelled: true });
    expect(report).toMatchObject({ added: 6, withLabels: 0, unread: [{ path: 'labels.csv' }] });
  });

  it('is no fault of real images', async () => {
    const { report } = await importFolder(await makeFolder({ pictures: SIX }), { role: 'real' });
    expect(report).toMatchObject({ format: 'plain-folder', added: 6 });
  });
});

describe('names', () => {
  it('that fit two pictures are refused, with both', async () => {
    const folder = await makeFolder({
      pictures: ['a.png', 'x/b.png', 'y/b.png'],
      files: () => ({ 'labels.csv': csv(['a.png', 'b.png']) }),
    });
    const { report } = await importFolder(folder);
    expect(report.withLabels).toBe(1);
    expect(report.skipped).toContainEqual(
      expect.objectContaining({
        reason: 'ambiguous-name',
        line: 3,
        message: 'b.png fits x/b.png and y/b.png.',
      }),
    );
  });

  it('of people that are not there are not given to others', async () => {
    const folder = await makeFolder({
      pictures: ['p01/0.png', 'p01/1.png'],
      files: () => ({ 'labels.csv': csv(['p02/0.png', 'p02/1.png', 'p01/1.png']) }),
    });
    const { report, images } = await importFolder(folder);
    expect(report.withLabels).toBe(1);
    expect(images.map(({ path }) => path)).toEqual(['p01/1.png']);
  });

  it('are matched exactly on request', async () => {
    const folder = await makeFolder({
      pictures: ['a.png', 'b.png'],
      files: () => ({ 'labels.csv': csv(['A.PNG', 'b.png']) }),
    });
    const { report } = await importFolder(folder, { format: 'table', options: { exactNames: true } });
    expect(report.withLabels).toBe(1);
  });

  it('in another spelling are counted', async () => {
    const folder = await makeFolder({
      pictures: SIX,
      files: () => ({ 'labels.csv': csv(SIX.map((n) => n.toUpperCase())) }),
    });
    const { report } = await importFolder(folder);
    expect(report.why).toContain('6 are named in another spelling');
  });
});

describe('labels that are doubtful', () => {
  const table = (rows: readonly string[]) => ({
    pictures: SIX.slice(0, rows.length),
    files: () => ({
      'labels.csv': ['file,k0_x,k0_y,k1_x,k1_y', ...rows.map((row, index) => `a${index}.png,${row}`)].join(
        '\n',
      ),
    }),
  });

  it('keep the image where one point is outside or hidden', async () => {
    const folder = await makeFolder(table(['1,2,3,4', '1,2,40,4', '1,2,nan,', 'nan,nan,,']));
    const { report, images } = await importFolder(folder);
    expect(report).toMatchObject({
      pictures: 4,
      withLabels: 3,
      notes: [
        { about: 'points-outside', images: 1, example: { path: 'a1.png' } },
        { about: 'points-missing', images: 1, example: { path: 'a2.png' } },
      ],
      skipped: [{ line: 5, reason: 'nan-label' }],
    });
    const [, outside, hidden] = images.map(({ annotations }) => annotations[0].annotation);
    expect(outside).toMatchObject({ points: [{ x: 1 }, { x: 40, y: 4, visibility: 2 }] });
    expect(hidden).toMatchObject({ points: [{ x: 1 }, { visibility: 0 }] });
  });

  it('are left out where they are impossible, or kept by choice', async () => {
    const folder = await makeFolder(table(['1,2,3,4', '0,0,0,0', '1,2,3,400']));
    const left = await importFolder(folder);
    expect(left.report).toMatchObject({
      withLabels: 1,
      causes: [{ reason: 'impossible-label', count: 2 }],
    });
    const kept = await importFolder(folder, { keepImpossible: true });
    expect(kept.report).toMatchObject({ withLabels: 3, notes: [{ about: 'impossible-label', images: 2 }] });
  });

  it('are gazes that point away from the camera', async () => {
    const folder = await makeFolder({
      pictures: SIX.slice(0, 2),
      files: () => ({ 'labels.csv': 'file,gaze_x,gaze_y,gaze_z\na0.png,0,0.1,-1\na1.png,0,0.1,1\n' }),
    });
    const { report } = await importFolder(folder);
    expect(report).toMatchObject({ withLabels: 1, causes: [{ reason: 'gaze-too-far', count: 1 }] });
  });
});
