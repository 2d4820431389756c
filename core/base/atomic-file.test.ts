import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFileAtomic } from './atomic-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('atomic file', () => {
  test('makes folders as needed, and leaves nothing but the file', async () => {
    const path = join(folder, 'a', 'b', 'text.txt');
    await writeFileAtomic(path, 'first');
    await writeFileAtomic(path, Uint8Array.of(0x32, 0x6e, 0x64));
    expect(await readFile(path, 'utf8')).toBe('2nd');
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['text.txt']);
  });

  test('a reader meets the old content or the new one, never a half', async () => {
    const path = join(folder, 'value');
    const contents = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
    await writeFileAtomic(path, contents[0]);
    let writing = true;
    const writes = (async () => {
      for (let round = 1; round < 20; round++) await writeFileAtomic(path, contents[round % 2]);
      writing = false;
    })();
    while (writing) expect(contents).toContain(await readFile(path, 'utf8'));
    await writes;
  });

  test('what cannot be written leaves the folder as it was', async () => {
    const path = join(folder, 'taken');
    await mkdir(join(path, 'inside'), { recursive: true });
    await expect(writeFileAtomic(path, 'text')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
    await writeFile(join(folder, 'file'), '');
    await expect(writeFileAtomic(join(folder, 'file', 'below'), 'text')).rejects.toThrow();
  });
});
