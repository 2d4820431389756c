import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NO_ADJUSTMENT, type LabelAdjustment } from '../contract/label-adjustment.ts';
import { encodePng } from '../datasets/pixels/decode.ts';
import type { Library } from '../library/library.ts';
import { temporaryLibrary } from '../library/temporary-library.ts';
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
  const adjustment = { degrees: true, swap: true, flipX: true, flipY: false };
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
  expect(report.skipped).toMatchObject([{ path: 'b.png', reason: 'label-outside-frame' }]);
  const [image] = [...library.imageSearch.all({})];
  expect(image.annotations).toMatchObject([{ annotation: { points: [{ x: 3, y: 8 }] } }]);
});
