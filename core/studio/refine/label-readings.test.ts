import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../library/temporary-library.ts';
import { createLabelReadings, readLabelReadings } from './label-readings.ts';

/** Points of images from one number on, two each. */
const pointsFrom = (first: number, images: number): Float32Array =>
  Float32Array.from({ length: images * 4 }, (_, index) => first + index);

test('what was added batch by batch is read again by place', async () => {
  using folder = temporaryFolder();
  const pack = join(folder.path, '000002048.pack');
  expect(await readLabelReadings(pack)).toBeUndefined();
  const readings = createLabelReadings();
  readings.add(pointsFrom(0, 2), pointsFrom(100, 2));
  readings.add(pointsFrom(8, 1), pointsFrom(108, 1));
  await readings.write(pack, 3);
  const readingOf = await readLabelReadings(pack);
  expect(readingOf?.(2)).toEqual({
    before: [
      [8, 9],
      [10, 11],
    ],
    after: [
      [108, 109],
      [110, 111],
    ],
  });
  expect(readingOf?.(0).after[1]).toEqual([102, 103]);
});

test('without a label net nothing is written', async () => {
  using folder = temporaryFolder();
  const pack = join(folder.path, 'a.pack');
  await createLabelReadings().write(pack, 3);
  expect(await readLabelReadings(pack)).toBeUndefined();
});
