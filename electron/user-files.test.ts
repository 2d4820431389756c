import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import logger from 'electron-log/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolderMemory } from './folder-memory.ts';
import { libraryOfArguments, libraryOfPath } from './library-argument.ts';
import { readLogFiles, rotate, setUpLogFile } from './log-file.ts';
import { openSessionMarker } from './session-marker.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simgan-shell-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the memory of folders', () => {
  it('keeps the last folder for each purpose from start to start', async () => {
    const file = join(folder, 'state', 'folders.json');
    const memory = openFolderMemory(file);
    expect(memory.last('import')).toBeUndefined();
    await memory.remember('import', '/data/Åé 日本');
    await memory.remember('export', '/out');
    await memory.remember('import', '/data/eyes');
    const again = openFolderMemory(file);
    expect([again.last('import'), again.last('export')]).toEqual(['/data/eyes', '/out']);
  });

  it.each(['', '{', '[]', '{"import": 7}', 'null'])(
    'is empty where its file is damaged: %s',
    async (text) => {
      const file = join(folder, 'folders.json');
      writeFileSync(file, text);
      const memory = openFolderMemory(file);
      expect(memory.last('import')).toBeUndefined();
      await memory.remember('import', '/data');
      expect(openFolderMemory(file).last('import')).toBe('/data');
    },
  );
});

describe('the mark of a session', () => {
  it('tells the next start which library was open when the program ended badly', async () => {
    const file = join(folder, 'session.json');
    const first = openSessionMarker(file);
    expect(first.left).toBeUndefined();
    await first.update(null);
    await first.update('/data/Eyes.simgan');
    expect(openSessionMarker(file).left).toMatchObject({ libraryFolder: '/data/Eyes.simgan' });
  });

  it('does not name a library twice that may be what ends the program', async () => {
    const file = join(folder, 'session.json');
    await openSessionMarker(file).update('/data/Eyes.simgan');
    const second = openSessionMarker(file);
    await second.update('/data/Eyes.simgan');
    // It ended badly again, at once.
    expect(openSessionMarker(file).left).toMatchObject({ libraryFolder: null });
    const third = openSessionMarker(file, 0);
    await third.update('/data/Eyes.simgan');
    await expect.poll(() => openSessionMarker(file).left?.libraryFolder).toBe('/data/Eyes.simgan');
  });

  it('names it again after a session that has lasted, whatever was before', async () => {
    const file = join(folder, 'session.json');
    await openSessionMarker(file).update('/data/Eyes.simgan');
    await openSessionMarker(file, 50).update('/data/Eyes.simgan');
    await expect
      .poll(() => openSessionMarker(file).left?.libraryFolder, { timeout: 30_000 })
      .toBe('/data/Eyes.simgan');
  });

  it('is gone after a session that ended well, also where it was still being written', async () => {
    const file = join(folder, 'session.json');
    const marker = openSessionMarker(file);
    await marker.update('/data/Eyes.simgan');
    marker.remove();
    await marker.update('/data/Hands.simgan');
    expect(existsSync(file)).toBe(false);
    expect(openSessionMarker(file).left).toBeUndefined();
  });

  it.each(['', '{"libraryFolder":', 'null'])(
    'says that something went wrong where it is damaged: %s',
    (text) => {
      const file = join(folder, 'session.json');
      writeFileSync(file, text);
      expect(openSessionMarker(file).left).toEqual({ libraryFolder: null, startedAt: '' });
    },
  );
});

describe('a library named by a path', () => {
  const make = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, 'library.sqlite'), '');
    return path;
  };

  it('is its folder, or the database in it', () => {
    const library = make('Åé 日本 ß.simgan');
    expect(libraryOfPath(library)).toBe(library);
    expect(libraryOfPath(join(library, 'library.sqlite'))).toBe(library);
    const renamed = make('no ending');
    expect(libraryOfPath(renamed)).toBe(renamed);
  });

  it('is nothing else', () => {
    const library = make('Eyes.simgan');
    writeFileSync(join(library, 'other.txt'), '');
    expect(libraryOfPath(join(library, 'other.txt'))).toBeUndefined();
    expect(libraryOfPath(folder)).toBeUndefined();
    expect(libraryOfPath(join(folder, 'Missing.simgan'))).toBeUndefined();
  });

  it('is found among the words of a command line, from the folder it was given in', () => {
    const eyes = make('Eyes.simgan');
    const hands = make('Hands.simgan');
    expect(libraryOfArguments(['--no-sandbox', 'Eyes.simgan', '.'], folder)).toBe(eyes);
    expect(libraryOfArguments([eyes, hands], '/')).toBe(hands);
    expect(libraryOfArguments(['--user-data-dir=/tmp', '--flag'], folder)).toBeUndefined();
    expect(libraryOfArguments([], folder)).toBeUndefined();
  });
});

describe('the log file', () => {
  it('is put aside when it is large, and the fifth goes', () => {
    const file = join(folder, 'studio.log');
    for (let number = 1; number <= 7; number++) {
      writeFileSync(file, `log ${number}`);
      rotate(file);
    }
    const kept = [1, 2, 3, 4].map((number) => readFileSync(join(folder, `studio.${number}.log`), 'utf8'));
    expect(kept).toEqual(['log 7', 'log 6', 'log 5', 'log 4']);
    expect(existsSync(join(folder, 'studio.5.log'))).toBe(false);
    expect(existsSync(file)).toBe(false);
  });

  it('is written and rotated by the logger', () => {
    const own = logger.create({ logId: `test ${folder}` });
    setUpLogFile(own, folder, true);
    own.transports.file.maxSize = 200;
    for (let line = 0; line < 10; line++) own.warn(`line ${line} ${'x'.repeat(60)}`);
    expect(readFileSync(join(folder, 'studio.log'), 'utf8')).toContain('line 9');
    expect(existsSync(join(folder, 'studio.1.log'))).toBe(true);
    expect(own.transports.console.level).toBe(false);
  });

  it('is read with the one before it, for diagnostics', async () => {
    expect(await readLogFiles(folder)).toEqual([]);
    writeFileSync(join(folder, 'studio.log'), 'now');
    writeFileSync(join(folder, 'studio.1.log'), `${'x'.repeat(1_000_000)}before`);
    writeFileSync(join(folder, 'studio.2.log'), 'long ago');
    const files = await readLogFiles(folder);
    expect(files.map(({ name }) => name)).toEqual(['studio.1.log', 'studio.log']);
    expect(files[0].text).toMatch(/^x{400000,}before$/);
    expect(files[1].text).toBe('now');
  });
});
