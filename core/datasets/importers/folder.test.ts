import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../pixels/decode.ts';
import { categoryFolders } from './category-folders.ts';
import { indexFolder, walkFolder } from './folder.ts';
import type { ImportItem } from './importer.ts';
import { plainFolder } from './plain-folder.ts';
import { collect } from './testing.ts';

const signal = new AbortController().signal;
const png = encodePng({ pixels: Uint8Array.of(1, 2, 3, 4), widthPx: 2, heightPx: 2, channels: 1 });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'simgan-folder-'));
});
afterEach(async () => rm(root, { recursive: true }));

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), png);
  }
}

function read(importer: typeof plainFolder, options?: unknown): Promise<ImportItem[]> {
  return collect(importer.read(root, options, signal));
}

describe('a plain folder', () => {
  it('gives images in natural order, at any depth, under any name', async () => {
    await put(
      'img10.png',
      'img2.PNG',
      'a.b c.JPeG',
      'größe/眼睛 1.webp',
      'größe/tief/x.TIFF',
      '.hidden.png',
      '.git/x.png',
    );
    expect((await read(plainFolder)).map(({ path }) => path)).toEqual([
      'a.b c.JPeG',
      'img2.PNG',
      'img10.png',
      'größe/眼睛 1.webp',
      'größe/tief/x.TIFF',
    ]);
  });

  it('names what it leaves out', async () => {
    await put('a.png');
    await writeFile(join(root, 'readme.txt'), 'x');
    await symlink(join(root, 'nowhere'), join(root, 'b.png'));
    expect(await read(plainFolder)).toEqual([
      { kind: 'skipped', path: 'b.png', reason: 'unreadable', message: 'The link leads nowhere.' },
      { kind: 'image', path: 'a.png', annotations: [] },
      { kind: 'skipped', path: 'readme.txt', reason: 'not-a-picture', message: 'Is no image.' },
    ]);
  });

  it('follows links, and a circle only once', async () => {
    await put('real/a.png');
    await symlink(root, join(root, 'real/circle'));
    await symlink(join(root, 'real/a.png'), join(root, 'linked.png'));
    const elsewhere = await mkdtemp(join(tmpdir(), 'simgan-elsewhere-'));
    await writeFile(join(elsewhere, 'far.png'), png);
    await symlink(elsewhere, join(root, 'far'));
    expect((await read(plainFolder)).map(({ path }) => path)).toEqual([
      'linked.png',
      'far/far.png',
      'real/a.png',
    ]);
    await rm(elsewhere, { recursive: true });
  });

  it('is refused when it is not there or a file', async () => {
    await put('a.png');
    const walk = (folder: string) => collect(walkFolder(folder, signal));
    await expect(walk(join(root, 'gone'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(walk(join(root, 'a.png'))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('is a file') as string,
    });
  });

  it('stops at the next file when aborted', async () => {
    await put(...Array.from({ length: 20 }, (_, index) => `${index}.png`));
    const controller = new AbortController();
    const seen: string[] = [];
    const reading = async () => {
      for await (const { path } of plainFolder.read(root, {}, controller.signal)) {
        seen.push(path);
        if (seen.length === 3) controller.abort();
      }
    };
    await expect(reading()).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(3);
  });

  it('lists every picture and every other file, however many', async () => {
    const names = Array.from({ length: 2100 }, (_, index) => `${index}.png`);
    await put(...names, 'deep/a.PGM', 'deep/labels.csv');
    const { pictures, others } = await indexFolder(root, signal);
    expect(pictures).toEqual([...names, 'deep/a.PGM']);
    expect(others).toEqual(['deep/labels.csv']);
  });
});

describe('a folder per category', () => {
  it('labels images with the folder, and names those without or with an unknown one', async () => {
    await put('closed/1.png', 'open/a/2.png', 'blurred/3.png', 'loose.png');
    const category = (name: string) => [{ kind: 'category', name }];
    expect(await read(categoryFolders, { categories: ['open', 'closed'] })).toMatchObject([
      { path: 'loose.png', reason: 'image-without-label' },
      {
        path: 'blurred/3.png',
        reason: 'unknown-category',
        message: '"blurred" is none of the categories open, closed.',
      },
      { path: 'closed/1.png', annotations: category('closed') },
      { path: 'open/a/2.png', annotations: category('open') },
    ]);
    expect(await read(categoryFolders, { level: 'last' })).toContainEqual({
      kind: 'image',
      path: 'open/a/2.png',
      annotations: category('a'),
    });
  });

  it('refuses options that it does not know', () => {
    expect(() => categoryFolders.read(root, { levels: 'last' }, signal)).toThrow(
      expect.objectContaining({
        code: 'bad-usage',
        message: expect.stringContaining('levels') as string,
      }) as Error,
    );
  });
});
