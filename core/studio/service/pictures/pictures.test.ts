import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transformer } from '@napi-rs/image';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageUrl } from '../../../contract/picture-urls.ts';
import { decodeImage, encodePng } from '../../../datasets/pixels/decode.ts';
import type { Library } from '../../../library/library.ts';
import { imageOf } from '../../../library/temporary-library.ts';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';

const DEPTHS = Uint16Array.from([0, 400, 500, 600, 700, 800, 900, 1000]);

async function fill(library: Library, folder: string): Promise<void> {
  const root = join(folder, 'pictures');
  await mkdir(root);
  const { id } = library.datasets.add({
    name: 'pictures',
    role: 'synthetic',
    format: 'plain-folder',
    rootPath: root,
    copied: false,
    importOptions: {},
    keypointLayout: null,
  });
  const large = new Uint8Array(300 * 200 * 3).map((_, index) => (index % 3 === 0 ? 200 : 40));
  const files = {
    'small.png': encodePng({
      pixels: new Uint8Array(55 * 35).fill(77),
      widthPx: 55,
      heightPx: 35,
      channels: 1,
    }),
    'large.png': encodePng({ pixels: large, widthPx: 300, heightPx: 200, channels: 3 }),
    'depth.png': encodePng({ pixels: DEPTHS, widthPx: 8, heightPx: 1, channels: 1 }),
    'broken.png': Buffer.from('not a picture at all'),
    'gone.png': undefined,
    'depth.tif': await new Transformer(
      encodePng({ pixels: DEPTHS, widthPx: 8, heightPx: 1, channels: 1 }),
    ).tiff(),
  };
  const images = [];
  for (const [path, bytes] of Object.entries(files)) {
    if (bytes) await writeFile(join(root, path), bytes);
    const fileSha256 = createHash('sha256')
      .update(bytes ?? path)
      .digest('hex');
    const [widthPx, heightPx] = path === 'large.png' ? [300, 200] : [55, 35];
    const bitDepth = path.startsWith('depth') ? 16 : 8;
    images.push(imageOf(path, { fileSha256, widthPx, heightPx, bitDepth }));
  }
  library.images.add(id, images);

  const depths = library.datasets.add({
    ...{ name: 'depths', role: 'real', format: 'plain-folder', rootPath: root, copied: false },
    ...{ importOptions: {}, keypointLayout: null },
    depth: { encoding: 'grey', foregroundOffsetMm: 500, windowMm: 400, invalidMm: [1000] },
  });
  library.images.add(depths.id, [imageOf('depth.png', { widthPx: 8, heightPx: 1, bitDepth: 16 })]);
}

const [SMALL, LARGE, DEPTH, BROKEN, GONE, DEPTH_TIFF, IN_WINDOW] = [1, 2, 3, 4, 5, 6, 7];

let opened: OpenStudio;
beforeAll(async () => {
  opened = await openStudio({ fill });
});
afterAll(() => opened[Symbol.asyncDispose]());

const get = (url: string) => opened.resource(url);

async function levels(url: string): Promise<number[]> {
  const { pixels, channels } = await decodeImage((await get(url)).body);
  return [...pixels].filter((_, index) => index % channels === 0);
}

describe('pictures', () => {
  test('a picture that fits is served as it is; a larger one smaller, once made from the cache', async () => {
    expect(await get(imageUrl(SMALL, 160))).toMatchObject({ status: 200, type: 'image/png' });
    const first = await get(imageUrl(LARGE, 150));
    expect(first.type).toBe('image/webp');
    const decoded = await decodeImage(first.body);
    expect([decoded.widthPx, decoded.heightPx]).toEqual([150, 100]);
    expect(Math.abs(decoded.pixels[0] - 200)).toBeLessThan(6);
    const cached = (await readdir(join(opened.folder, 'cache'), { recursive: true })).filter((name) =>
      name.endsWith('-150.webp'),
    );
    expect(cached).toHaveLength(1);
    // A file that a crash cut short is made again.
    await writeFile(join(opened.folder, 'cache', cached[0]), first.body.subarray(0, 30));
    expect(Buffer.from((await get(imageUrl(LARGE, 150))).body)).toEqual(Buffer.from(first.body));
    expect(await get(imageUrl(LARGE, 'full'))).toMatchObject({ type: 'image/png' });
  });

  test('the cache is enough while the file is away, and its pictures go with the content', async () => {
    const before = await get(imageUrl(LARGE, 100));
    await rm(join(opened.folder, 'pictures', 'large.png'));
    expect((await get(imageUrl(LARGE, 100))).body).toEqual(before.body);
    expect((await get(imageUrl(LARGE, 90))).status).toBe(404);
  });

  test('depth as stored has all of its 16 bits, and what is of 8 the bytes of its file', async () => {
    for (const id of [DEPTH, DEPTH_TIFF]) {
      const stored = await get(imageUrl(id, 'stored'));
      expect(stored.type).toBe('image/png');
      expect((await decodeImage(stored.body)).pixels).toEqual(DEPTHS);
    }
    const file = await readFile(join(opened.folder, 'pictures', 'small.png'));
    expect(Buffer.from((await get(imageUrl(SMALL, 'stored'))).body)).toEqual(file);
  });

  test('16 bit are shown over their own range, or by window and level; 0 is black in any case', async () => {
    const own = [0, 0, 43, 85, 128, 170, 213, 255].map((value) => expect.closeTo(value, -0.5) as number);
    expect(await levels(imageUrl(DEPTH, 'full'))).toEqual(own);
    expect(await levels(`${imageUrl(DEPTH, 'full')}&low=500&high=800`)).toEqual([
      0, 0, 0, 85, 170, 255, 255, 255,
    ]);
    expect(await levels(`${imageUrl(DEPTH, 'full')}&low=500&high=800&invert=1`)).toEqual([
      0, 255, 255, 170, 85, 0, 0, 0,
    ]);
  });

  test('depth maps are shown near bright in the window of their dataset, or in a look', async () => {
    // From 500 to 900 mm; 1000 says that nothing was measured.
    expect(await levels(imageUrl(IN_WINDOW, 'full'))).toEqual([0, 255, 255, 191, 128, 64, 0, 0]);
    const far = { lowMm: 500, highMm: 700, map: 'grey', isNearBright: false } as const;
    expect(await levels(imageUrl(IN_WINDOW, 'full', far))).toEqual([0, 0, 0, 128, 255, 255, 255, 0]);
    const inColours = await get(imageUrl(IN_WINDOW, 'full', { ...far, map: 'viridis' }));
    const { pixels, channels } = await decodeImage(inColours.body);
    const colour = (at: number): number[] => [...pixels.slice(at * channels, at * channels + 3)];
    expect([colour(0), colour(1), colour(4)]).toEqual([
      [0, 0, 0],
      [0x44, 0x01, 0x54],
      [0xfd, 0xe7, 0x25],
    ]);
    const stored = await decodeImage((await get(imageUrl(IN_WINDOW, 'stored'))).body);
    expect([...stored.pixels]).toEqual([0, 400, 500, 600, 700, 800, 900, 0]);
  });

  test('a missing or broken file says why', async () => {
    const gone = await get(imageUrl(GONE, 100));
    expect(gone).toMatchObject({ status: 404, type: 'application/json', maxAgeSeconds: 0 });
    expect(JSON.parse(Buffer.from(gone.body).toString())).toMatchObject({
      message: 'gone.png is not there.',
    });
    expect((await get(imageUrl(BROKEN, 100))).status).toBe(422);
    expect((await get(imageUrl(99, 100))).status).toBe(404);
  });

  test.each([
    '/pictures/images/../../../etc/passwd?size=full',
    '/pictures/images/..%2f..%2fetc%2fpasswd?size=full',
    '/pictures/images/1/2?size=full',
    '/pictures/images/1e0?size=full',
    '/pictures/images/-1?size=full',
    '/pictures/images/?size=full',
    '/pictures/images/99999999999999999999?size=full',
    '/pictures/samples/%2e%2e/0',
    '/pictures',
    '/reports/diagnostics.json',
    '//pictures/images/1',
    '/etc/passwd',
  ])('%s is nowhere', async (url) => {
    expect((await get(url)).status).toBe(404);
  });

  test.each(['size=0', 'size=5000', 'size=1e3', 'size=full&low=-1', 'size=full&invert=maybe'])(
    '?%s is refused',
    async (query) => {
      expect((await get(`/pictures/images/1?${query}`)).status).toBe(400);
    },
  );

  test('no library, no pictures', async () => {
    await opened.client.library.close({});
    expect((await get(imageUrl(SMALL, 100))).status).toBe(404);
    expect(existsSync(opened.libraryFolder)).toBe(true);
  });
});
