import { expect, test } from 'vitest';
import { resolvedPath, storedPath } from './paths.ts';

const library = '/home/ada/work/eyes.simgan';

test.each([
  ['/home/ada/work/eyes.simgan/images', 'images'],
  ['/home/ada/work/eyes.simgan', '.'],
  ['/home/ada/work/syntheseyes/f01', '../syntheseyes/f01'],
  ['/home/ada/work/..hidden', '../..hidden'],
  ['/home/ada/other', '/home/ada/other'],
  ['/mnt/data/eyes', '/mnt/data/eyes'],
])('%s is kept as %s and found again', (path, stored) => {
  expect(storedPath(library, path)).toBe(stored);
  expect(resolvedPath(library, stored)).toBe(path);
});

test('what lies beside the library moves with it', () => {
  const stored = storedPath(library, '/home/ada/work/syntheseyes');
  expect(resolvedPath('/mnt/backup/eyes.simgan', stored)).toBe('/mnt/backup/syntheseyes');
});
