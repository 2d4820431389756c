import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from './testing.ts';
import { findEncoding, readLines, readPieces } from './text-source.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-text-'));
  path = join(folder, 'labels.csv');
});
afterAll(async () => rm(folder, { recursive: true }));

describe('an encoding', () => {
  it.each([
    ['ASCII', Buffer.from('file,x\n'), 'utf-8', 'fits'],
    ['UTF-8 with a mark', Buffer.from('\uFEFFé'), 'utf-8', 'mark'],
    ['UTF-16 with a mark', Buffer.from('\uFEFFé,a', 'utf16le'), 'utf-16le', 'mark'],
    ['UTF-16 without one', Buffer.from('file,pitch', 'utf16le'), 'utf-16le', 'fits'],
    ['Latin-1', Buffer.from('é1.png', 'latin1'), 'windows-1252', 'guessed'],
    ['GBK', Buffer.from([0xd1, 0xdb, 0x2e]), 'gbk', 'guessed'],
  ])('is found: %s', async (_, bytes, encoding, how) => {
    await writeFile(path, bytes);
    expect(await findEncoding(path, ['é1', '眼'])).toEqual({ encoding, how });
  });

  it('is the named one, and an unknown name is refused', async () => {
    await writeFile(path, 'a');
    expect(await findEncoding(path, [], 'latin1')).toEqual({ encoding: 'windows-1252', how: 'named' });
    await expect(findEncoding(path, [], 'klingon')).rejects.toMatchObject({ code: 'bad-usage' });
  });

  it('holds for the whole file, also beyond what is read first', async () => {
    await writeFile(path, Buffer.concat([Buffer.alloc(400_000, 'a'), Buffer.from([0xe9])]));
    expect(await findEncoding(path, [])).toMatchObject({ encoding: 'windows-1252' });
  });
});

describe('lines', () => {
  it('end with LF, CR or both, wherever the pieces of the file end', async () => {
    const long = 'x'.repeat(65_535);
    await writeFile(path, `${long}\r\nb\rc\n\nd`);
    expect(await collect(readLines(path, 'utf-8'))).toEqual([long, 'b', 'c', '', 'd']);
  });

  it('come without the byte order mark', async () => {
    await writeFile(path, '\uFEFFa\n');
    expect(await collect(readPieces(path, 'utf-8'))).toEqual(['a\n']);
    expect(await collect(readLines(path, 'utf-8'))).toEqual(['a']);
  });
});
