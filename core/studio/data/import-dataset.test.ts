import { link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { watchFlushes } from '../../../test/support/flushes.ts';
import { quietHooks } from '../../../test/support/studio.ts';
import { gazeFromAngles } from '../../contract/annotation.ts';
import { NO_ADJUSTMENT, type LabelAdjustment } from '../../contract/label-adjustment.ts';
import { encodePng } from '../../datasets/pixels/decode.ts';
import type { Library } from '../../library/library.ts';
import { temporaryLibrary } from '../../library/temporary-library.ts';
import { importDataset, type ImportReport } from './import-dataset.ts';

async function importTable(
  library: Library,
  table: string,
  options: unknown,
  adjustment: LabelAdjustment,
): Promise<ImportReport> {
  const folder = join(library.folder, '..', 'pictures');
  await mkdir(folder, { recursive: true });
  for (const [index, name] of ['a', 'b'].entries()) {
    const pixels = new Uint8Array(20 * 10).fill(index);
    await writeFile(
      join(folder, `${name}.png`),
      encodePng({ pixels, widthPx: 20, heightPx: 10, channels: 1 }),
    );
  }
  await writeFile(join(folder, 'labels.csv'), table);
  return importDataset(
    library,
    { role: 'synthetic', folder, format: 'table', options, name: 'eyes', copy: false, adjustment },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
}

test('degrees that were read as radians, exchanged and mirrored, are put right at import', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const gaze = { kind: 'angles', pitch: 'p', yaw: 'y', unit: 'radians' };
  const adjustment = { ...NO_ADJUSTMENT, angles: 'degrees', swap: true, flipX: true } as const;
  const report = await importTable(library, 'file,p,y\na.png,1.5,-1\nb.png,nan,1\n', { gaze }, adjustment);
  const [image] = [...library.imageSearch.all({})];
  const radians = Math.PI / 180;
  expect(image.annotations).toMatchObject([
    {
      author: 'import',
      annotation: {
        pitchRad: expect.closeTo(-1 * radians, 9) as number,
        yawRad: expect.closeTo(-1.5 * radians, 9) as number,
      },
    },
  ]);
  expect(report).toMatchObject({
    added: 1,
    labelled: 1,
    skipped: [{ path: 'labels.csv', reason: 'nan-label' }],
  });
});

test('keypoints counted from the bottom lie inside once they are turned, and are checked after that', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const table = 'file,k0_x,k0_y\na.png,3,2\nb.png,3,-40\n';
  const report = await importTable(library, table, { keypoints: {} }, { ...NO_ADJUSTMENT, flipY: true });
  expect(report.skipped).toMatchObject([{ path: 'b.png', reason: 'impossible-label' }]);
  const [image] = [...library.imageSearch.all({})];
  expect(image.annotations).toMatchObject([{ annotation: { points: [{ x: 3, y: 8 }] } }]);
});

test('imported again with another adjustment, the importer’s labels follow and a person’s stay', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const table = 'file,pitch,yaw\na.png,0.1,0.2\nb.png,0.3,-0.1\n';
  const again = (adjustment: LabelAdjustment): Promise<ImportReport> =>
    importTable(library, table, undefined, adjustment);
  expect(await again(NO_ADJUSTMENT)).toMatchObject({ added: 2, known: 0, changed: 0 });
  expect(await again(NO_ADJUSTMENT)).toMatchObject({ added: 0, known: 2, changed: 0 });
  const [a, b] = [...library.imageSearch.all({})];
  library.annotations.set(b.id, gazeFromAngles(0.5, 0.5), 'user');
  expect(await again({ ...NO_ADJUSTMENT, flipX: true })).toMatchObject({ added: 0, known: 1, changed: 1 });
  expect(library.annotations.of(a.id)).toMatchObject([
    { author: 'import', annotation: { pitchRad: 0.1, yawRad: -0.2 } },
  ]);
  expect(library.annotations.of(b.id)).toMatchObject([{ author: 'user', annotation: { yawRad: 0.5 } }]);
  expect(await again({ ...NO_ADJUSTMENT, flipX: true })).toMatchObject({ known: 2, changed: 0 });
});

test('copies are flushed before they are recorded, and replace what was there', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const folder = join(library.folder, '..', 'pictures');
  await mkdir(folder, { recursive: true });
  const pictures = [0, 1].map((grey) =>
    encodePng({ pixels: new Uint8Array(20 * 10).fill(grey), widthPx: 20, heightPx: 10, channels: 1 }),
  );
  const importCopy = (): Promise<ImportReport> =>
    importDataset(
      library,
      {
        ...{ role: 'real', folder, format: 'plain-folder', options: undefined, name: 'copied', copy: true },
      },
      quietHooks(),
    );
  await writeFile(join(folder, 'a.png'), pictures[0]);
  using flushes = await watchFlushes(library.folder);
  const record = vi.spyOn(library.images, 'add');
  await importCopy();
  // The copy, its folder, and the two folders in which folders were made.
  expect(flushes.orders).toHaveLength(4);
  expect(Math.max(...flushes.orders)).toBeLessThan(record.mock.invocationCallOrder[0]);
  const copies = join(library.folder, 'images', 'copied');
  const old = join(library.folder, 'old');
  await link(join(copies, 'a.png'), old);
  await writeFile(join(folder, 'a.png'), pictures[1]);
  expect(await importCopy()).toMatchObject({ changed: 1 });
  expect(await readFile(join(copies, 'a.png'))).toEqual(Buffer.from(pictures[1]));
  // Written in place, the other name of the file would show it.
  expect(await readFile(old)).toEqual(Buffer.from(pictures[0]));
  expect(await readdir(copies)).toEqual(['a.png']);
});

test('refused for want of labels, an import leaves the labels of a known set as they are', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const table = 'file,pitch,yaw\na.png,0.1,0.2\nb.png,0.3,-0.1\n';
  await importTable(library, table, undefined, NO_ADJUSTMENT);
  await expect(importTable(library, 'file\na.png\nb.png\n', undefined, NO_ADJUSTMENT)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('None of the 2 images') as string,
  });
  for (const { annotations } of library.imageSearch.all({})) expect(annotations).toHaveLength(1);
});
