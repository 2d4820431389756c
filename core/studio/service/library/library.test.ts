import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLibrary, openLibrary } from '../../../library/library.ts';
import { decodeImage } from '../../../datasets/pixels/decode.ts';
import { openConnection } from '../../../library/connection.ts';
import { simulateDataset } from '../../data/simulation.ts';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';
import { quietHooks } from '../../../../test/support/studio.ts';
import { openRecentLibraries } from './recent-libraries.ts';

let opened: OpenStudio;
beforeAll(async () => {
  opened = await openStudio();
});
afterAll(() => opened[Symbol.asyncDispose]());

describe('libraries', () => {
  test('one is open at a time; the one before is given back and remembered', async () => {
    const { client, folder, libraryFolder } = opened;
    const made = await client.library.create({ folder: join(folder, 'Other.simgan'), name: 'Other eyes' });
    expect(made).toMatchObject({ name: 'Other eyes', syntheticImages: 0, runs: 0 });
    expect(Object.values(made.steps)).toEqual(Array(6).fill('empty'));
    // The first one's lock is free again.
    openLibrary(libraryFolder, { access: 'write' }).close();
    expect((await client.library.recent({})).map(({ folder: place }) => place)).toEqual([
      made.folder,
      libraryFolder,
    ]);
    await client.library.open({ folder: libraryFolder });
    await client.library.open({ folder: join(libraryFolder, '.') });
    expect((await client.library.recent({})).map(({ folder: place }) => place)).toEqual([
      libraryFolder,
      made.folder,
    ]);
  });

  test('one that cannot be opened leaves the open one as it is', async () => {
    const { client, folder, libraryFolder } = opened;
    const busy = join(folder, 'Busy.simgan');
    using held = createLibrary(busy);
    await expect(client.library.open({ folder: held.folder })).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });

    const newer = join(folder, 'Newer.simgan');
    createLibrary(newer).close();
    const connection = openConnection(join(newer, 'library.sqlite'), 'write');
    connection.execute('PRAGMA user_version = 999');
    connection.close();
    await expect(client.library.open({ folder: newer })).rejects.toMatchObject({ code: 'too-new' });
    await expect(client.library.create({ folder: newer, name: null })).rejects.toMatchObject({
      code: 'busy',
    });
    await expect(client.library.open({ folder: join(folder, 'None') })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(client.library.open({ folder: '/tmp' })).rejects.toMatchObject({ code: 'bad-usage' });
    expect((await client.library.current({}))?.folder).toBe(libraryFolder);
    expect((await client.datasets.list({})).length).toBe(0);
  });

  test('a library that was deleted is said to be gone, and is forgotten when asked', async () => {
    const { client, folder } = opened;
    const place = join(folder, 'Gone.simgan');
    await client.library.create({ folder: place, name: null });
    await client.library.close({});
    await rm(place, { recursive: true });
    expect((await client.library.recent({}))[0]).toMatchObject({ folder: place, isThere: false });
    await client.library.forget({ folder: place });
    expect((await client.library.recent({})).some((library) => library.folder === place)).toBe(false);
    await client.library.open({ folder: opened.libraryFolder });
  });

  test('the rail says what is there and what can be done', async () => {
    const { client, folder, libraryFolder } = opened;
    const place = join(folder, 'Rail.simgan');
    const eyes = { subject: 'eye', count: 6, seed: 1, widthPx: 55, heightPx: 35 } as const;
    createLibrary(place).close();
    const stepsWith = async (look: 'render' | 'camera') => {
      await client.library.open({ folder: libraryFolder });
      {
        using library = openLibrary(place, { access: 'write' });
        await simulateDataset(library, { ...eyes, name: look, look }, quietHooks());
      }
      return client.library.open({ folder: place });
    };
    expect((await stepsWith('render')).steps).toMatchObject({ data: 'ready', train: 'empty' });
    expect(await stepsWith('camera')).toMatchObject({
      syntheticImages: 6,
      realImages: 6,
      steps: {
        data: 'done',
        train: 'ready',
        inspect: 'empty',
        evaluate: 'empty',
        export: 'empty',
        runs: 'empty',
      },
    });
    await expect
      .poll(() => client.library.recent({}))
      .toContainEqual(expect.objectContaining({ images: 12 }));
    const pictureOf = async (): Promise<string | null | undefined> =>
      (await client.library.recent({})).find((library) => library.folder === place)?.picture;
    // A window reads the list again whenever it is told of a library.
    let url: string | null | undefined;
    const unsubscribe = opened.studio.subscribe(({ type }) => {
      if (type === 'library') void pictureOf().then((picture) => (url = picture));
    });
    await client.library.open({ folder: libraryFolder });
    await expect.poll(() => url).toMatch(/^\/pictures\/recent\//);
    unsubscribe();
    const { status, type, body } = await opened.studio.resource(url ?? '');
    expect({ status, type }).toEqual({ status: 200, type: 'image/png' });
    expect(await decodeImage(body)).toMatchObject({ widthPx: 55, heightPx: 35 });
    expect((await opened.studio.resource(`${url}0`)).status).toBe(404);
  });

  test('switching and closing at once end in one state', async () => {
    const { client, folder, libraryFolder } = opened;
    const other = join(folder, 'Other.simgan');
    await Promise.all(
      [other, libraryFolder, other, libraryFolder].map((place) => client.library.open({ folder: place })),
    );
    expect((await client.library.current({}))?.folder).toBe(libraryFolder);
    await Promise.all([
      client.library.close({}),
      client.library.open({ folder: other }),
      client.library.close({}),
    ]);
    expect(await client.library.current({})).toBeNull();
    for (const place of [other, libraryFolder]) openLibrary(place, { access: 'write' }).close();
    await client.library.open({ folder: libraryFolder });
  });

  test('the list of recent libraries survives the studio, and a damaged one is an empty one', async () => {
    const { client, folder } = opened;
    const state = join(folder, 'state copied');
    await client.library.close({});
    await cp(join(folder, 'state'), state, { recursive: true });
    expect(openRecentLibraries(state).list()).toEqual(await client.library.recent({}));
    await writeFile(join(state, 'recent-libraries.json'), '{"version":1,"libr');
    expect(openRecentLibraries(state).list()).toEqual([]);
    await mkdir(join(folder, 'nothing'));
    expect(openRecentLibraries(join(folder, 'nothing')).list()).toEqual([]);
    expect(JSON.parse(await readFile(join(folder, 'state', 'recent-libraries.json'), 'utf8'))).toMatchObject({
      version: 1,
    });
  });
});
