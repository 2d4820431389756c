import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileAtomic } from './atomic-file.ts';
import { removeTemporaryFiles } from './temporary-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-temporary-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('clears what a killed writer left, and nothing else', async () => {
  await writeFileAtomic(join(folder, '000000004.safetensors'), 'whole');
  await writeFileAtomic(join(folder, 'below', '.a.png.0123abcd.tmp'), 'another folder');
  for (const name of ['.000000008.safetensors.0a1b2c3d.tmp', '.1.pack.deadbeef.tmp']) {
    await writeFile(join(folder, name), 'half');
  }
  const others = ['.hidden', 'notes.tmp', '.a.0a1b2c3.tmp', '.deadbeef.tmp'];
  for (const name of others) await writeFile(join(folder, name), "somebody's");
  await removeTemporaryFiles(folder);
  expect((await readdir(folder)).sort()).toEqual(['000000004.safetensors', 'below', ...others].sort());
  expect(await readdir(join(folder, 'below'))).toEqual(['.a.png.0123abcd.tmp']);
});

test('a folder that is not there is clear', async () => {
  await expect(removeTemporaryFiles(join(folder, 'absent'))).resolves.toBeUndefined();
});
