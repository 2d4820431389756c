import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../core/base/random.ts';
import { gazeFromAngles } from '../../core/contract/annotation.ts';
import { createLibrary } from '../../core/library/library.ts';
import { simganJson } from './simgan.ts';

const POOL = 200;
const ROADS = 40;
const BATCH = 5_000;

/**
 * A library of as many images as asked for, at a path of its own in the folder. Rows are real and differ; their pictures
 * are a pool of 200 eyes, each reached by ever other paths ("././/7.png").
 */
export async function makeManyImages(folder: string, count: number): Promise<string> {
  const pool = join(folder, 'pool.simgan');
  await simganJson(folder, 'init', pool);
  await simganJson(folder, 'simulate', 'eye', '--count', String(POOL), '--library', pool);
  const images = join(folder, 'images');
  await mkdir(images);
  const files = await readdir(join(pool, 'images'), { recursive: true, withFileTypes: true });
  for (const [index, file] of files.filter(({ name }) => name.endsWith('.png')).entries()) {
    await copyFile(join(file.parentPath, file.name), join(images, `${index}.png`));
  }
  const random = createRandom(1, 'many images');
  const path = join(folder, 'many.simgan');
  using library = createLibrary(path);
  const dataset = library.datasets.add({
    name: 'many',
    role: 'synthetic',
    format: 'plain-folder',
    rootPath: images,
    copied: false,
    importOptions: {},
    keypointLayout: null,
  });
  const image = (number: number) => {
    const round = Math.floor(number / POOL);
    const road = `${'./'.repeat(round % ROADS)}${'/'.repeat(Math.floor(round / ROADS))}`;
    return {
      path: `.${road === '' ? '/' : `/${road}`}${number % POOL}.png`,
      fileSha256: createHash('sha256').update(String(number)).digest('hex'),
      widthPx: 55,
      heightPx: 35,
      channels: 1 as const,
      bitDepth: 8 as const,
      crop: null,
      greyMean: random.range(40, 200),
      greyDeviation: random.range(10, 60),
      source: null,
      split: number % 5 === 0 ? ('test' as const) : ('train' as const),
      annotations: [gazeFromAngles(random.range(-0.5, 0.5), random.range(-0.6, 0.6))],
    };
  };
  for (let first = 0; first < count; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - first) }, (_, index) => image(first + index));
    library.images.add(dataset.id, batch);
  }
  return path;
}
