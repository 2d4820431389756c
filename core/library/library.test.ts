import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLibrary, openLibrary } from './library.ts';
import { addDataset, errorOf, imageOf, temporaryFolder, temporaryLibrary } from './temporary-library.ts';

test('a library is made, closed and opened with what was put in', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'Augen ünd Ähnliches.simgan');
  {
    using library = createLibrary(path);
    addDataset(library);
    expect(library.name).toBe('Augen ünd Ähnliches');
  }
  expect(existsSync(join(path, 'library.lock'))).toBe(false);
  using library = openLibrary(path, { access: 'write' });
  expect(library.datasets.list().map((dataset) => dataset.name)).toEqual(['eyes']);
  expect(library.packPath(3)).toBe(join(path, 'packs', '3.pack'));
  expect(library.runFolder(4)).toBe(join(path, 'runs', '4'));
  expect(library.exportManifestPath(5)).toBe(join(path, 'exports', '5.json'));
});

test('the name may differ from the folder', () => {
  using folder = temporaryFolder();
  createLibrary(join(folder.path, 'a'), { name: 'Left eyes' }).close();
  using library = openLibrary(join(folder.path, 'a'), { access: 'read' });
  expect(library.name).toBe('Left eyes');
});

test('a reader needs no lock, sees every commit, and cannot write', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  using reader = openLibrary(library.folder, { access: 'read' });
  expect(reader.datasets.list()).toEqual([]);
  addDataset(library);
  expect(reader.datasets.list()).toHaveLength(1);
  expect(errorOf(() => addDataset(reader, 'other')).code).toBe('storage');
});

test('a transaction that throws leaves nothing, also inside of another one', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  expect(() =>
    library.transaction(() => {
      addDataset(library, 'outer');
      throw new Error('stop');
    }),
  ).toThrow('stop');
  library.transaction(() => {
    addDataset(library, 'kept');
    expect(() =>
      library.transaction(() => {
        addDataset(library, 'inner');
        throw new Error('stop');
      }),
    ).toThrow('stop');
  });
  expect(library.datasets.list().map((dataset) => dataset.name)).toEqual(['kept']);
});

test('a library is not made where there is one, nor among other files', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.simgan');
  createLibrary(path).close();
  expect(errorOf(() => createLibrary(path))).toMatchObject({ code: 'busy' });
  expect(errorOf(() => createLibrary(folder.path)).message).toContain('not empty');
  const file = join(path, 'library.sqlite');
  expect(errorOf(() => createLibrary(file)).message).toContain('a file, not a folder');
});

test('making it can be completed after it was cut short', () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'library.sqlite'), '');
  using library = openLibrary(folder.path, { access: 'write' });
  expect(addDataset(library).id).toBe(1);
});

test('a folder without a database is no library, in words', () => {
  using folder = temporaryFolder();
  for (const access of ['write', 'read'] as const) {
    const error = errorOf(() => openLibrary(folder.path, { access }));
    expect(error.code).toBe('not-found');
    expect(error.message).toContain(folder.path);
    expect(error.remedy).toContain('simgan init');
  }
});

test('another program’s database is left exactly as it was', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'library.sqlite');
  const other = new Database(path);
  other.exec('CREATE TABLE songs (title TEXT); PRAGMA user_version = 1');
  other.close();
  const before = readFileSync(path);
  for (const access of ['write', 'read'] as const) {
    expect(errorOf(() => openLibrary(folder.path, { access })).message).toContain('not of a SimGAN Studio');
  }
  expect(readFileSync(path)).toEqual(before);
  expect(existsSync(join(folder.path, 'library.lock'))).toBe(false);
});

test('a newer schema is refused by writers and readers', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.simgan');
  createLibrary(path).close();
  const database = new Database(join(path, 'library.sqlite'));
  database.pragma('user_version = 99');
  database.close();
  for (const access of ['write', 'read'] as const) {
    const error = errorOf(() => openLibrary(path, { access }));
    expect(error.code).toBe('too-new');
    expect(error.message).toContain('99');
  }
  expect(existsSync(join(path, 'library.lock'))).toBe(false);
});

test('a file that is no database is named as damaged', () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'a'));
  const path = join(folder.path, 'a', 'library.sqlite');
  writeFileSync(path, 'This is not a database. '.repeat(1000));
  for (const access of ['write', 'read'] as const) {
    const error = errorOf(() => openLibrary(join(folder.path, 'a'), { access }));
    expect(error.code).toBe('bad-input');
    expect(error.message).toContain(path);
  }
});

test('damage inside the file is told in words when it is met', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.simgan');
  {
    using library = createLibrary(path);
    const dataset = addDataset(library);
    library.images.add(
      dataset.id,
      Array.from({ length: 2_000 }, (_, index) => imageOf(`${index}.png`)),
    );
  }
  const file = join(path, 'library.sqlite');
  const bytes = readFileSync(file);
  // All but the first pages, which hold the schema.
  bytes.fill(0xa5, bytes.length >> 1);
  writeFileSync(file, bytes);
  using library = openLibrary(path, { access: 'read' });
  const error = errorOf(() => [...library.images.ofDataset(1)]);
  expect(error.code).toBe('bad-input');
  expect(error.message).toContain('damaged');
});
