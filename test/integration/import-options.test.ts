import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLibrary } from '../../core/library/library.ts';
import type { LabelledImage } from '../../core/library/images.ts';
import { drawEyes, yawOf } from '../support/drawn-eyes.ts';
import { drawHands, INVALID_MM } from '../support/drawn-hands.ts';
import { simgan, simganJson, temporaryFolder } from '../support/simgan.ts';

async function newLibrary(): Promise<{ folder: string; library: string }> {
  const folder = await temporaryFolder();
  await simganJson(folder, 'init', 'a.simgan');
  return { folder, library: join(folder, 'a.simgan') };
}

function imagesOf(folder: string): LabelledImage[] {
  const library = openLibrary(folder, { access: 'read' });
  try {
    return library.datasets.list().flatMap(({ id }) => [...library.images.ofDataset(id)]);
  } finally {
    library.close();
  }
}

it.each([
  ['mirrored', { mirrored: true }, { flipX: true }],
  ['in degrees that were taken for radians', { mirrored: false, unit: 'degrees' }, { angles: 'degrees' }],
] as const)('puts labels right that are %s', async (_, drawn, adjustment) => {
  const { folder, library } = await newLibrary();
  const renders = join(folder, 'renders');
  await drawEyes(renders, { count: 10, broken: 0, ...drawn });
  await simganJson(library, 'import', 'synthetic', renders, '--adjust', JSON.stringify(adjustment));
  const yaws = imagesOf(library).flatMap(({ annotations }) =>
    annotations.flatMap(({ annotation }) => (annotation.kind === 'gaze' ? [annotation.yawRad] : [])),
  );
  expect(yaws).toHaveLength(10);
  yaws.forEach((yawRad, place) => expect(yawRad).toBeCloseTo(yawOf(place)));
});

it('says in its first line what share of the images has labels, and refuses a set without any', async () => {
  const { folder, library } = await newLibrary();
  const renders = join(folder, 'renders');
  await drawEyes(renders, { count: 10, broken: 5, mirrored: false });
  const some = await simgan(library, 'import', 'synthetic', renders);
  expect(some.stdout.split('\n')[0]).toBe('Labels for 5 of 10 images (50 %).');
  expect(some.stdout).toMatch(/image without label, such as eye-003\.png: Is not listed in labels\.csv/);

  await writeFile(join(renders, 'labels.csv'), 'file,age\neye-009.png,3\n');
  const none = await simgan(library, 'import', 'synthetic', renders, '--name', 'none');
  expect(none.exitCode).toBe(1);
  expect(none.stderr).toMatch(/None of the 10 images .*\n\s+labels\.csv .*not read: age/);
  expect(none.stderr).toContain('--unlabelled');
  expect(
    await simganJson(library, 'import', 'synthetic', renders, '--name', 'none', '--unlabelled'),
  ).toMatchObject({ added: 7, withLabels: 0 });
});

it('says which adjustment it does not know', async () => {
  const { folder, library } = await newLibrary();
  const renders = join(folder, 'renders');
  await drawEyes(renders, { count: 1, broken: 0, mirrored: false });
  const unknown = await simgan(library, 'import', 'synthetic', renders, '--adjust', '{"flipZ": true}');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('flipZ');
});

it('reads depth maps as they are told to be, in a window, around the hand; or as pictures', async () => {
  const { folder, library } = await newLibrary();
  const maps = join(folder, 'maps');
  await drawHands(maps, { count: 4, encoding: 'green-blue' });
  const depth = { encoding: 'green-blue', foregroundOffsetMm: 350, windowMm: 700, invalidMm: [INVALID_MM] };
  const args = ['import', 'real', maps, '--crop-to-depth', '--depth', JSON.stringify(depth)];
  expect(await simganJson(library, ...args)).toMatchObject({ added: 4, depth });
  expect(
    await simganJson(library, 'import', 'real', maps, '--name', 'pictures', '--depth', 'off'),
  ).toMatchObject({
    added: 4,
    depth: null,
  });
  const [cropped, whole] = [0, 4].map((place) => imagesOf(library)[place]);
  expect(cropped.crop).toEqual({ x: 63, y: 27, width: 74, height: 74 });
  expect(whole.crop).toBeNull();
});
