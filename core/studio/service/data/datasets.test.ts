import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePng } from '../../../datasets/pixels/decode.ts';
import { StudioError } from '../../../base/studio-error.ts';
import type { Library } from '../../../library/library.ts';
import { imageOf } from '../../../library/temporary-library.ts';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';
import { rootOf } from './relink.ts';

const COUNT = 60;

/** A dataset whose images lie in sub-folders of "first". */
async function fill(library: Library, folder: string): Promise<void> {
  const root = join(folder, 'first');
  const { id } = library.datasets.add({
    name: 'eyes',
    role: 'real',
    format: 'plain-folder',
    rootPath: root,
    copied: false,
    importOptions: {},
    keypointLayout: null,
  });
  const images = [];
  for (let index = 0; index < COUNT; index++) {
    const path = `part ${index % 3}/deep/${index}.png`;
    const pixels = new Uint8Array(20 * 16).fill(index * 4);
    const file = encodePng({ pixels, widthPx: 20, heightPx: 16, channels: 1 });
    await mkdir(join(root, `part ${index % 3}/deep`), { recursive: true });
    await writeFile(join(root, path), file);
    images.push(imageOf(path, { fileSha256: createHash('sha256').update(file).digest('hex') }));
  }
  library.images.add(id, images);
}

let opened: OpenStudio;
beforeAll(async () => {
  opened = await openStudio({ fill });
});
afterAll(() => opened[Symbol.asyncDispose]());

const list = async () => (await opened.client.datasets.list({}))[0];

describe('datasets', () => {
  test('are listed with what is known of their images, and renamed', async () => {
    const dataset = await list();
    expect(dataset).toMatchObject({
      name: 'eyes',
      isReachable: true,
      images: COUNT,
      inUse: COUNT,
      missing: 0,
    });
    await opened.client.datasets.rename({ id: dataset.id, name: 'real eyes' });
    expect((await list()).name).toBe('real eyes');
  });

  test('a moved folder is found again by one of its images', { timeout: 60_000 }, async () => {
    const { client, folder } = opened;
    const { id } = await list();
    await rename(join(folder, 'first'), join(folder, 'second'));
    await mkdir(join(folder, 'elsewhere'));
    await rename(join(folder, 'second'), join(folder, 'elsewhere', 'moved'));
    await rm(join(folder, 'elsewhere', 'moved', 'part 2', 'deep', '5.png'));
    const checked = await opened.ended(await client.datasets.check({ id }));
    expect(checked.result).toMatchObject({ images: COUNT, missing: COUNT });
    expect(await list()).toMatchObject({ isReachable: false, missing: COUNT, inUse: 0 });
    expect((await client.library.current({}))?.steps.data).toBe('problem');

    const path = join(folder, 'elsewhere', 'moved', 'part 1', 'deep', '1.png');
    const wrong = { id, imageId: 4, path };
    await expect(client.datasets.relink(wrong)).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(client.datasets.relink({ id, imageId: 2, path: '/etc/passwd' })).rejects.toMatchObject({
      code: 'bad-usage',
    });
    const relinked = await client.datasets.relink({ id, imageId: 2, path });
    expect(relinked.rootPath).toBe(join(folder, 'elsewhere', 'moved'));
    expect(relinked.found + relinked.missing).toBe(50);
    expect(relinked.missing).toBeLessThanOrEqual(1);
    // The rest is looked for by a job.
    const job = (await client.jobs.list({})).at(-1);
    expect(job?.kind).toBe('check-files');
    expect((await opened.ended({ jobId: job?.id ?? 0 })).result).toMatchObject({
      missing: 1,
      foundAgain: COUNT - 1,
      examples: ['part 2/deep/5.png'],
    });
    expect(await list()).toMatchObject({ isReachable: true, missing: 1, inUse: COUNT - 1 });
  });

  test('another picture at the new place is not taken for the same', async () => {
    const { client, folder } = opened;
    const { id, rootPath } = await list();
    const path = join(folder, 'other', 'part 0', 'deep', '0.png');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, 'no picture');
    await expect(client.datasets.relink({ id, imageId: 1, path })).rejects.toMatchObject({
      code: 'bad-input',
    });
    expect((await list()).rootPath).toBe(rootPath);
  });

  test('removed, its images are gone from lists, and its files stay', async () => {
    const { client } = opened;
    const { id } = await list();
    await client.datasets.remove({ id });
    expect(await client.datasets.list({})).toEqual([]);
    expect((await client.images.open({ filter: {}, sort: { by: 'greyMean' } })).count).toBe(0);
  });
});

test.each([
  ['/new/place/a/b.png', 'a/b.png', '/new/place'],
  ['/new/b.png', 'b.png', '/new'],
  ['/a/b.png', 'a/b.png', '/'],
])('%s as %s lies in %s', (path, relative, root) => {
  expect(rootOf(path, relative)).toBe(root);
});

test.each([
  ['/new/xa/b.png', 'a/b.png'],
  ['/new/b.png', 'a/b.png'],
  ['/new/a/b.PNG', 'a/b.png'],
])('%s is not where %s can be', (path, relative) => {
  expect(() => rootOf(path, relative)).toThrow(StudioError);
});
