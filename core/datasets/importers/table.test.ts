import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { propertyRuns } from '../../../test/support/property-settings.ts';
import { gazeFromAngles } from '../../contract/annotation.ts';
import { encodePng } from '../pixels/decode.ts';
import { detectFormat } from './importers.ts';
import type { ImportItem } from './importer.ts';
import { collect } from './testing.ts';
import { table } from './table.ts';

const signal = new AbortController().signal;
const png = encodePng({ pixels: new Uint8Array(4), widthPx: 2, heightPx: 2, channels: 1 });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'simgan-table-'));
});
afterEach(async () => rm(root, { recursive: true }));

async function put(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const read = async (options?: unknown): Promise<ImportItem[]> => collect(table.read(root, options, signal));

describe('a table', () => {
  it('reads gaze angles in degrees with flipped signs', async () => {
    await put({ 'a.png': png, 'labels.csv': 'file_name,p,y\na.png,-10,20\n' });
    const gaze = { kind: 'angles', pitch: 'p', yaw: 'y', unit: 'degrees', flipPitch: true };
    expect(await read({ gaze })).toMatchObject([
      { kind: 'image', path: 'a.png', annotations: [gazeFromAngles(Math.PI / 18, Math.PI / 9)] },
    ]);
  });

  it('reads gaze vectors of any length, as UnityEyes has them with y up', async () => {
    await put({ 'a.png': png, 'labels.csv': 'image,lx,ly,lz\na.png,0,2,-2\n' });
    const [item] = await read({ gaze: { kind: 'vector', x: 'lx', y: 'ly', z: 'lz', flipY: true } });
    expect(item).toMatchObject({
      annotations: [{ pitchRad: expect.closeTo(Math.PI / 4, 9) as number, yawRad: -0 }],
    });
  });

  it('gives back every gaze that another program wrote', async () => {
    await put({ 'a.png': png });
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -1.5, max: 1.5, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        async (pitchRad, yawRad) => {
          await put({
            'x.csv': stringify([
              ['file_name', 'pitch_rad', 'yaw_rad'],
              ['a.png', pitchRad, yawRad],
            ]),
          });
          // A file knows no −0.
          expect(await read()).toMatchObject([{ annotations: [gazeFromAngles(pitchRad + 0, yawRad + 0)] }]);
        },
      ),
      { numRuns: propertyRuns(20) },
    );
  });

  it('reads keypoints in the order of their numbers, hidden and missing ones, and a category', async () => {
    const columns =
      'path,hand_10_x,hand_10_y,hand_2_x,hand_2_y,hand_2_v,hand_2_z,hand_1_x,hand_1_y,hand_1_v,label';
    await put({ 'a.png': png, 't.csv': `${columns}\na.png,1.5,2.5,3,4,1,512.5,,,0,left\n` });
    expect(await read({ keypoints: { prefix: 'hand_', layout: 'three' }, category: 'label' })).toMatchObject([
      {
        annotations: [
          { kind: 'category', name: 'left' },
          {
            kind: 'keypoints',
            layout: 'three',
            points: [
              { x: 0, y: 0, visibility: 0 },
              { x: 3, y: 4, visibility: 1, zMm: 512.5 },
              { x: 1.5, y: 2.5, visibility: 2 },
            ],
          },
        ],
      },
    ]);
  });

  it('reads JSON lines, nested values as columns with dots', async () => {
    const lines = [
      { file_name: 'a.png', gaze: [0, 0, -1] },
      { file_name: 'b/ü 1.png', gaze: [-1, 0, -1] },
    ];
    await put({
      'a.png': png,
      'b/ü 1.png': png,
      'metadata.jsonl': lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    expect(await read()).toMatchObject([
      { path: 'a.png', annotations: [{ kind: 'gaze', vector: [0, 0, -1] }] },
      {
        path: 'b/ü 1.png',
        annotations: [{ kind: 'gaze', yawRad: expect.closeTo(Math.PI / 4, 9) as number }],
      },
    ]);
    expect((await detectFormat(root))[0]).toMatchObject({ importer: { id: 'table' }, confidence: 0.9 });
  });

  it('reads semicolons with decimal commas, a byte order mark and Windows paths', async () => {
    await put({ 'sub/a.png': png, 't.csv': '\uFEFFfile;pitch;yaw\r\nsub\\a.png;0,25;-0,5\r\n' });
    expect(await read()).toMatchObject([{ path: 'sub/a.png', annotations: [gazeFromAngles(0.25, -0.5)] }]);
  });

  it('names every line and image it leaves out and reads the others', async () => {
    const lines = [
      'file,pitch,yaw',
      'a.png,0.1,0.2',
      'gone.png,0.1,0.2',
      'b.png,nan,0.2',
      'c.png,,0.2',
      'd.png,0.1',
      '../../etc/passwd,0,0',
      '/etc/passwd,0,0',
      'a.png,0.3,0.3',
      ',0,0',
      'e.png,12,0',
      'f"x.png,0,0',
      'g.png,0.5,0.5',
    ];
    const pictures = ['a', 'b', 'c', 'd', 'e', 'g', 'unlisted'].map((stem) => [`${stem}.png`, png] as const);
    await put({ ...Object.fromEntries(pictures), 't.csv': lines.join('\n') });
    const items = await read();
    expect(items.filter(({ kind }) => kind === 'image').map(({ path }) => path)).toEqual([
      'a.png',
      'e.png',
      'g.png',
    ]);
    expect(items.filter((item) => item.kind === 'skipped')).toMatchObject([
      { path: 't.csv', line: 3, reason: 'label-without-image' },
      { path: 't.csv', line: 4, reason: 'nan-label', message: 'b.png: pitch is "nan", which is no number.' },
      { path: 't.csv', line: 5, reason: 'nan-label' },
      {
        path: 't.csv',
        line: 6,
        reason: 'bad-label',
        message: 'Has 2 values where the header has 3 columns.',
      },
      { path: 't.csv', line: 7, reason: 'outside-folder' },
      { path: 't.csv', line: 8, reason: 'outside-folder' },
      { path: 't.csv', line: 9, reason: 'duplicate-label' },
      { path: 't.csv', line: 10, reason: 'label-without-image' },
      { path: 't.csv', line: 12, reason: 'bad-label' },
      { path: 'd.png', reason: 'image-without-label' },
      { path: 'unlisted.png', reason: 'image-without-label' },
    ]);
  });

  it('keeps the lines before and after one that is no JSON', async () => {
    await put({
      'a.png': png,
      'b.png': png,
      't.jsonl': '{"file":"a.png"}\nnonsense\n\n[1]\n{"file":"b.png"}\n',
    });
    expect(await read()).toMatchObject([
      { path: 'a.png', annotations: [] },
      { line: 2, reason: 'bad-label' },
      { line: 4, reason: 'bad-label' },
      { path: 'b.png' },
    ]);
  });

  it('survives a quote that is never closed, and says where', async () => {
    await put({ 'a.png': png, 't.csv': 'file,category\na.png,open\nb.png,"closed\nc.png,open\n' });
    const items = await read();
    expect(items[0]).toMatchObject({ path: 'a.png', annotations: [{ name: 'open' }] });
    expect(items[1]).toMatchObject({ kind: 'skipped', path: 't.csv', reason: 'bad-label' });
  });

  it('refuses wrong columns, naming those missing and those there', async () => {
    await put({ 'a.png': png, 't.csv': 'file,pitch\na.png,1\n' });
    await expect(
      read({ gaze: { kind: 'angles', pitch: 'pitch', yaw: 'jaw', unit: 'radians' } }),
    ).rejects.toMatchObject({
      code: 'bad-input',
      message: 't.csv lacks these columns: "jaw". It has file, pitch.',
    });
    await expect(read({ keypoints: {} })).rejects.toThrow(/"k0_x", "k0_y"/);
    await put({ 't.csv': 'a,b\n1,2\n' });
    await expect(read()).rejects.toThrow(/t\.csv has no column that names images \(a, b\)/);
    expect(() => table.read(root, { gaze: { kind: 'angles', pitch: 'p', yaw: 'y' } }, signal)).toThrow(
      /gaze\.unit/,
    );
  });

  it('refuses no table, an empty one, and columns of the same name', async () => {
    await put({ 'a.png': png });
    await expect(read()).rejects.toThrow(/none of its files is of this format/);
    await expect(read({ file: 'gone.csv' })).rejects.toMatchObject({ code: 'not-found' });
    await put({ 'x.csv': '' });
    await expect(read()).rejects.toThrow(/x\.csv has no header line/);
    await put({ 'y.csv': 'file,file\n' });
    await expect(read()).rejects.toThrow(/x\.csv has no header line.*y\.csv has two columns/s);
    await expect(read({ file: 'y.csv' })).rejects.toThrow(/two columns named "file"/);
  });

  it('skips categories that are not among those named', async () => {
    await put({ 'a.png': png, 'b.png': png, 't.csv': 'file,category\na.png,open\nb.png,blurred\n' });
    expect(await read({ category: 'category', categories: ['open', 'closed'] })).toMatchObject([
      { kind: 'image', path: 'a.png' },
      { kind: 'skipped', line: 3, reason: 'unknown-category' },
    ]);
  });

  it('stops when aborted', async () => {
    await put({ 'a.png': png, 'b.png': png, 't.csv': 'file\na.png\nb.png\n' });
    const controller = new AbortController();
    const reading = async () => {
      for await (const { path } of table.read(root, {}, controller.signal))
        if (path === 'a.png') controller.abort();
    };
    await expect(reading()).rejects.toMatchObject({ name: 'AbortError' });
  });
});
