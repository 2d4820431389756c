import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLibrary } from './library.ts';
import { addDataset, errorOf, imageOf, temporaryFolder, temporaryLibrary } from './temporary-library.ts';

test('a dataset comes back as it was put in', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const dataset = addDataset(library);
  expect(dataset).toMatchObject({
    id: 1,
    name: 'eyes',
    role: 'synthetic',
    rootPath: join(library.folder, '..', 'eyes'),
    copied: false,
    importOptions: { recursive: true },
  });
  expect(dataset.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(library.datasets.get(1)).toEqual(dataset);
  expect(library.datasets.byName('eyes')).toEqual(dataset);
  library.datasets.setKeypointLayout(1, 'eye-34');
  library.datasets.relocate(1, '/elsewhere/eyes');
  expect(library.datasets.get(1)).toMatchObject({ keypointLayout: 'eye-34', rootPath: '/elsewhere/eyes' });
});

test('names are unique, and an id is never used again', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  addDataset(library, 'a');
  const b = addDataset(library, 'b');
  expect(errorOf(() => addDataset(library, 'a')).message).toContain('"a"');
  expect(errorOf(() => library.datasets.rename(b.id, 'a')).code).toBe('busy');
  library.datasets.rename(b.id, 'c');
  library.images.add(b.id, [imageOf('x')]);
  library.datasets.remove(b.id);
  expect(library.imageSearch.count({})).toBe(0);
  expect(addDataset(library, 'c').id).toBeGreaterThan(b.id);
  expect(errorOf(() => library.datasets.remove(b.id)).code).toBe('not-found');
});

test('a library that is moved together with its data finds it again', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  addDataset(library, 'beside');
  library.close();
  using elsewhere = temporaryFolder();
  cpSync(library.folder, join(elsewhere.path, 'Test.simgan'), { recursive: true });
  using moved = openLibrary(join(elsewhere.path, 'Test.simgan'), { access: 'read' });
  expect(moved.datasets.get(1)?.rootPath).toBe(join(elsewhere.path, 'beside'));
});
