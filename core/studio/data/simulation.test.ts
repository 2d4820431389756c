import { link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { watchFlushes } from '../../../test/support/flushes.ts';
import { quietHooks } from '../../../test/support/studio.ts';
import { temporaryLibrary } from '../../library/temporary-library.ts';
import { simulateDataset, type SimulationRequest } from './simulation.ts';

const COUNT = 3;
const request: SimulationRequest = {
  name: 'eyes',
  subject: 'eye',
  count: COUNT,
  seed: 1,
  look: 'render',
  widthPx: 55,
  heightPx: 35,
};

test('images are flushed before they are recorded, and never written in place', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const folder = join(library.folder, 'images', request.name, '0000');
  const old = join(library.folder, 'old');
  await mkdir(folder, { recursive: true });
  await writeFile(old, 'torn');
  await link(old, join(folder, '0000000.png'));
  using flushes = await watchFlushes(library.folder);
  const record = vi.spyOn(library.images, 'add');
  await simulateDataset(library, request, quietHooks());
  // Every image and their folder.
  expect(flushes.orders).toHaveLength(COUNT + 1);
  expect(Math.max(...flushes.orders)).toBeLessThan(record.mock.invocationCallOrder[0]);
  // Written in place, the other name of the file would show it.
  expect(await readFile(old, 'utf8')).toBe('torn');
  expect(await readdir(folder)).toHaveLength(COUNT);
});
