import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLibrary } from '../../../library/library.ts';
import { temporaryFolder } from '../../../library/temporary-library.ts';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';
import { browse } from './browse.ts';
import { contains, isWithinRoots } from './roots.ts';

describe('roots', () => {
  test.each([
    ['/a/b', '/a/b', true],
    ['/a/b', '/a/b/c/d', true],
    ['/a/b', '/a/bc', false],
    ['/a/b', '/a', false],
    ['/a/b', '/a/b/../c', false],
    ['/a/b', '/a/b/..c', true],
    ['/', '/etc', true],
  ])('%s holds %s: %s', (folder, path, holds) => {
    expect(contains(folder, join(path))).toBe(holds);
  });

  test('links are followed, and a path that is not there yet is judged by what is', () => {
    using folder = temporaryFolder();
    const root = join(folder.path, 'root');
    mkdirSync(join(root, 'inside'), { recursive: true });
    mkdirSync(join(folder.path, 'outside'));
    symlinkSync(join(folder.path, 'outside'), join(root, 'way out'));
    symlinkSync(root, join(folder.path, 'way in'));
    expect(isWithinRoots([root], join(root, 'inside', 'new', 'deep'))).toBe(true);
    expect(isWithinRoots([root], join(root, 'way out'))).toBe(false);
    expect(isWithinRoots([root], join(root, 'way out', 'new'))).toBe(false);
    // A link to what is not there yet: writing through it would make it.
    symlinkSync(join('..', 'outside', 'nowhere'), join(root, 'open end'));
    symlinkSync(join('inside', 'nowhere'), join(root, 'end inside'));
    expect(isWithinRoots([root], join(root, 'open end'))).toBe(false);
    expect(isWithinRoots([root], join(root, 'open end', 'new'))).toBe(false);
    expect(isWithinRoots([root], join(root, 'end inside', 'new'))).toBe(true);
    expect(isWithinRoots([root], join(folder.path, 'way in', 'inside'))).toBe(true);
    expect(isWithinRoots([join(folder.path, 'way in')], join(root, 'inside'))).toBe(true);
    expect(isWithinRoots([root], join(root, 'inside', '..', '..', 'outside'))).toBe(false);
  });

  test('browsing shows folders first, knows libraries, and shows no way out', async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, 'root');
    mkdirSync(join(root, 'part 10'), { recursive: true });
    mkdirSync(join(root, 'part 2'));
    createLibrary(join(root, 'Eyes.simgan')).close();
    symlinkSync(folder.path, join(root, 'way out'));
    symlinkSync(join(root, 'nowhere'), join(root, 'broken link'));
    for (const name of ['a.png', 'b.jpg', 'notes.txt', '.hidden']) writeFileSync(join(root, name), '');
    const shell = { roots: [root] };
    expect(await browse(shell, null)).toMatchObject({
      entries: [{ path: root, kind: 'folder' }],
      parent: null,
    });
    const shown = await browse(shell, root);
    expect(shown.entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['Eyes.simgan', 'library'],
      ['part 2', 'folder'],
      ['part 10', 'folder'],
      ['a.png', 'file'],
      ['b.jpg', 'file'],
      ['notes.txt', 'file'],
    ]);
    expect(shown).toMatchObject({ folder: root, parent: null, pictures: 2 });
    expect((await browse(shell, join(root, 'part 2'))).parent).toBe(root);
    for (const path of [folder.path, join(root, 'way out'), '/', join(root, '..')]) {
      await expect(browse(shell, path)).rejects.toMatchObject({ code: 'bad-usage' });
    }
    await expect(browse(shell, join(root, 'none'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(browse(shell, join(root, 'a.png'))).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('system', () => {
  const revealed: string[] = [];
  let opened: OpenStudio;
  beforeAll(async () => {
    opened = await openStudio({
      shell: {
        reveal: (path) => revealed.push(path),
        pickFolder: (purpose) => Promise.resolve(`/chosen/${purpose}`),
        logFiles: () =>
          Promise.resolve([{ name: 'studio.log', text: `1 Opened ${opened.libraryFolder}.\n2` }]),
      },
    });
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  test('says what the shell can do, and does it', async () => {
    const { client, libraryFolder } = opened;
    expect(await client.system.info({})).toMatchObject({
      shell: 'browser',
      capabilities: { dialogs: true, reveal: true, notifications: false },
      engine: null,
    });
    expect(await client.system.pickFolder({ purpose: 'import' })).toEqual({ path: '/chosen/import' });
    await client.system.reveal({ what: { kind: 'library' } });
    expect(revealed).toEqual([libraryFolder]);
    await expect(client.system.reveal({ what: { kind: 'export', id: 4 } })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('counts the memory of the processes that work for it', { timeout: 120_000 }, async () => {
    const { client } = opened;
    const { memoryBytes } = await client.system.info({});
    const ofWorkers = async (): Promise<number> =>
      (await client.system.info({})).memoryUsedBytes - process.memoryUsage.rss();
    // A process of Node takes more than this; what this one takes changes by less between two looks.
    const some = 20_000_000;
    expect(await ofWorkers()).toBeLessThan(some);
    const eyes = { name: 'eyes', count: 10, seed: 1, widthPx: 24, heightPx: 16 };
    await opened.ended(await client.simulate.start({ subject: 'eye', look: 'render', ...eyes }));
    expect(await ofWorkers()).toBeGreaterThan(some);
    expect(await ofWorkers()).toBeLessThan(memoryBytes);
  });

  test(
    'diagnostics list what they hold, and tell of no folder how it is called',
    { timeout: 120_000 },
    async () => {
      const { client, studio, libraryFolder } = opened;
      // Its failure names the folder, in the log and in the record of the job.
      await opened.ended(await client.export.verify({ folder: join(libraryFolder, 'none') }));
      const { files, url } = await client.system.diagnostics({});
      expect(files.map(({ name }) => name)).toEqual([
        'computer.json',
        'settings.json',
        'log.json',
        'library.json',
        'studio.log',
      ]);
      const { status, type, body } = await studio.resource(url);
      expect([status, type]).toEqual([200, 'application/json']);
      const text = Buffer.from(body).toString();
      expect(JSON.parse(text)).toMatchObject({ files: { 'library.json': { images: 10 } } });
      expect(text).not.toContain(libraryFolder);
      expect(text.match(/There is no export in <library>\/none/g)).toHaveLength(2);
      expect(text).toContain('1 Opened <library>.');
    },
  );
});
