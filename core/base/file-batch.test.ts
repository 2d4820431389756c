import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchFlushes } from '../../test/support/flushes.ts';
import { createFileBatch } from './file-batch.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-batch-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('files appear together, flushed, with their folders', async () => {
  using flushes = await watchFlushes(folder);
  const from = join(folder, 'from');
  await writeFile(from, 'copied');
  const files = createFileBatch();
  const names = ['a', 'b'];
  for (const name of names) await files.write(join(folder, 'new', 'deep', name), bytes(name));
  await files.copy(from, join(folder, 'new', 'c'));
  expect(flushes.orders).toEqual([]);
  await expect(readFile(join(folder, 'new', 'c'))).rejects.toThrow('ENOENT');
  await files.putInPlace();
  expect(await readFile(join(folder, 'new', 'c'), 'utf8')).toBe('copied');
  expect((await readdir(join(folder, 'new'))).sort()).toEqual(['c', 'deep']);
  expect((await readdir(join(folder, 'new', 'deep'))).sort()).toEqual(names);
  // Three files; "deep", "new" and the folder in which "new" was made.
  expect(flushes.orders).toHaveLength(6);
  await files.write(join(folder, 'new', 'd'), bytes('d'));
  await files.putInPlace();
  expect(flushes.orders).toHaveLength(8);
});

test('a file that is there is replaced, never written in place', async () => {
  const [old, path] = [join(folder, 'old'), join(folder, 'file')];
  await writeFile(old, 'old');
  await link(old, path);
  const files = createFileBatch();
  await files.write(path, bytes('new'));
  await files.putInPlace();
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readFile(old, 'utf8')).toBe('old');
});

test('what is discarded, was refused or was left by a killed batch is gone', async () => {
  await writeFile(join(folder, '.a.png.0123abcd.tmp'), 'half');
  const files = createFileBatch();
  await files.write(join(folder, 'kept'), bytes('kept'));
  await files.putInPlace();
  await files.write(join(folder, 'dropped'), bytes('dropped'));
  await expect(files.copy(join(folder, 'absent'), join(folder, 'copy'))).rejects.toThrow('ENOENT');
  await files.discard();
  await files.putInPlace();
  expect(await readdir(folder)).toEqual(['kept']);
  await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
  await files.write(join(folder, 'taken'), bytes('x'));
  await expect(files.putInPlace()).rejects.toThrow('taken');
  await files.discard();
  expect((await readdir(folder)).sort()).toEqual(['kept', 'taken']);
});
