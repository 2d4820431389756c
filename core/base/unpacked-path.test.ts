import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unpackedPath } from './unpacked-path.ts';

it('finds a file beside the archive, once, and leaves all other paths as they are', () => {
  const packed = join('/opt', 'SimGAN Studio', 'resources', 'app.asar', 'node_modules', 'a', 'b.js');
  const beside = join('/opt', 'SimGAN Studio', 'resources', 'app.asar.unpacked', 'node_modules', 'a', 'b.js');
  expect(unpackedPath(packed)).toBe(beside);
  expect(unpackedPath(beside)).toBe(beside);
  const plain = join('/work', 'my app.asar notes', 'node_modules', 'a', 'b.js');
  expect(unpackedPath(plain)).toBe(plain);
});
