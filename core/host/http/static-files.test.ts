import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NASTY_PATHS } from '../../../test/support/nasty-paths.ts';
import { readStaticFile } from './static-files.ts';

let folder: string;
let root: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-static-'));
  root = join(folder, 'renderer');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(root, 'index.html'), '<!doctype html>');
  await writeFile(join(root, '.hidden.js'), 'secret');
  await writeFile(join(root, 'assets', 'main-Ab_12.js'), 'run()');
  await writeFile(join(root, 'assets', 'data.bin'), 'secret');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await mkdir(join(folder, 'renderer-other'));
  await writeFile(join(folder, 'renderer-other', 'secret.txt'), 'secret');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  await symlink(folder, join(root, 'up'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('files of the built window', () => {
  it('are served with their types', async () => {
    expect(await readStaticFile(root, '/')).toMatchObject({
      type: 'text/html; charset=utf-8',
      isImmutable: false,
    });
    const script = await readStaticFile(root, '/assets/main-Ab_12.js');
    expect(script).toMatchObject({ type: 'text/javascript; charset=utf-8', isImmutable: true });
    expect(script?.body.toString()).toBe('run()');
  });

  it('are all there is: no link, no hidden file, no folder, no unknown type leads elsewhere', async () => {
    const paths = [
      '/link.txt',
      '/up/secret.txt',
      '/.hidden.js',
      '/assets',
      '/assets/',
      '/assets/data.bin',
      '/nothing.js',
    ];
    for (const path of paths) expect(await readStaticFile(root, path), path).toBeUndefined();
    expect(await readStaticFile(root, `/${'a'.repeat(5000)}.js`)).toBeUndefined();
    expect(await readStaticFile(join(folder, 'nowhere'), '/')).toBeUndefined();
  });

  it.each(NASTY_PATHS)('do not give %s', async (path) => {
    expect(await readStaticFile(root, path)).toBeUndefined();
  });
});
