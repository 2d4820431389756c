import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEMO_LIBRARY_NAME, findLibrary } from './find-library.ts';
import { createLibrary } from './library.ts';
import { errorOf, temporaryFolder } from './temporary-library.ts';

test('the library of a folder: itself, the one in it, or what its parents have', () => {
  using folder = temporaryFolder();
  const deep = join(folder.path, 'photos', 'left');
  mkdirSync(deep, { recursive: true });
  mkdirSync(join(folder.path, 'not one.simgan'));
  const path = join(folder.path, 'a.simgan');
  createLibrary(path).close();
  expect(findLibrary(path)).toBe(path);
  expect(findLibrary(folder.path)).toBe(path);
  expect(findLibrary(deep)).toBe(path);
  expect(findLibrary(join(path, 'runs'))).toBe(path);
});

test('two side by side are named', () => {
  using folder = temporaryFolder();
  createLibrary(join(folder.path, 'b.simgan')).close();
  createLibrary(join(folder.path, 'a.simgan')).close();
  const error = errorOf(() => findLibrary(folder.path));
  expect(error.code).toBe('bad-usage');
  expect(error.message).toContain('"a.simgan" and "b.simgan"');
});

test('the demo is meant only where there is no other', () => {
  using folder = temporaryFolder();
  const demo = join(folder.path, DEMO_LIBRARY_NAME);
  createLibrary(demo).close();
  expect(findLibrary(folder.path)).toBe(demo);
  const own = join(folder.path, 'My eyes.simgan');
  createLibrary(own).close();
  expect(findLibrary(folder.path)).toBe(own);
});
