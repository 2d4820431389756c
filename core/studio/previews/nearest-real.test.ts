import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createPackWriter, openPack } from '../../datasets/pixels/pack.ts';
import { temporaryFolder } from '../../library/temporary-library.ts';
import { indexRealImages, type NearestReal } from './nearest-real.ts';

const [WIDTH, HEIGHT, COUNT] = [55, 35, 40];
const size = { widthPx: WIDTH, heightPx: HEIGHT, channels: 1 } as const;

/** A dark disc, brighter or darker ground: [h, w] in [0, 255]. */
function disc(x: number, y: number, radius: number, ground = 180, contrast = 120): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
    Math.hypot((at % WIDTH) - x, Math.floor(at / WIDTH) - y) < radius ? ground - contrast : ground,
  );
}

const signed = (pixels: Uint8Array): number[] => [...pixels].map((value) => value / 127.5 - 1);

test('finds the same drawing in another light, a pixel aside and under grain', async () => {
  using folder = temporaryFolder();
  const random = createRandom(1, 'nearest');
  const places = Array.from({ length: COUNT }, () => [
    random.range(8, 47),
    random.range(8, 27),
    random.range(4, 9),
  ]);
  const path = join(folder.path, 'real.pack');
  const preprocessing = { ...size, bitDepth: 8, fit: 'cover', equalise: false } as const;
  const writer = await createPackWriter(path, { preprocessing });
  for (const [x, y, radius] of places) await writer.append(disc(x, y, radius));
  await writer.finish();
  const pack = await openPack(path);
  try {
    const nearest = await indexRealImages(pack);
    const asked = places.map(([x, y, radius]) => disc(x + 0.7, y - 0.7, radius, 120, 50));
    const images = Float32Array.from(asked.flatMap(signed), (value) => value + random.range(-0.05, 0.05));
    const found = await nearest.find({ ...size, images, count: COUNT });
    const stored = places.map(([x, y, radius]) => signed(disc(x, y, radius)));
    let right = 0;
    stored.forEach((image, index) => {
      const start = index * WIDTH * HEIGHT;
      if (image.every((value, at) => Math.abs(value - found[start + at]) < 1e-6)) right += 1;
    });
    // Of forty discs some lie closer to each other than the shift.
    expect(right).toBeGreaterThanOrEqual(COUNT - 2);

    const exact = Float32Array.from(stored.flat());
    const same = await nearest.find({ ...size, images: exact, count: COUNT });
    expect(same.every((value, at) => Math.abs(value - exact[at]) < 1e-6)).toBe(true);
  } finally {
    await pack.close();
  }
});

/** An index of discs at x 10, 20, 30, 40 and a flat image. */
async function withDiscs(look: (nearest: NearestReal) => void): Promise<void> {
  using folder = temporaryFolder();
  const path = join(folder.path, 'real.pack');
  const preprocessing = { ...size, bitDepth: 8, fit: 'cover', equalise: false } as const;
  const writer = await createPackWriter(path, { preprocessing });
  for (const x of [10, 20, 30, 40]) await writer.append(disc(x, 17, 7));
  await writer.finish();
  const pack = await openPack(path);
  try {
    look(await indexRealImages(pack));
  } finally {
    await pack.close();
  }
}

test('ranks by likeness, which is a correlation', () =>
  withDiscs((nearest) => {
    const dimmed = { ...size, count: 1, images: Float32Array.from(signed(disc(30, 17, 7, 120, 60))) };
    const [first, second, ...others] = nearest.rank(dimmed, 3);
    expect([first.place, others.length]).toEqual([2, 1]);
    // As alike as can be: the light does not count.
    expect(first.likeness).toBeCloseTo(1, 5);
    expect([1, 3]).toContain(second.place);
    expect(second.likeness).toBeLessThan(0.5);
    expect(second.likeness).toBeGreaterThan(others[0].likeness - 1e-9);
    const negative = { ...dimmed, images: dimmed.images.map((value) => -value) };
    expect(nearest.rank(negative, 4).at(-1)).toMatchObject({
      place: 2,
      likeness: expect.closeTo(-1, 5) as number,
    });
    expect(nearest.compared).toBe(4);
  }));

test('what is usual among real images leaves each image itself out', () =>
  withDiscs((nearest) => {
    const images = Float32Array.from(signed(disc(10, 17, 7)));
    const [, next] = nearest.rank({ ...size, count: 1, images }, 2);
    expect(nearest.usualLikeness()).toBeCloseTo(next.likeness, 1);
    expect(nearest.usualLikeness()).toBeLessThan(0.9);
  }));

test('an image without any drawing finds one, too', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'real.pack');
  const preprocessing = { ...size, bitDepth: 8, fit: 'cover', equalise: false } as const;
  const writer = await createPackWriter(path, { preprocessing });
  await writer.append(disc(20, 20, 8));
  await writer.append(new Uint8Array(WIDTH * HEIGHT).fill(100));
  await writer.finish();
  const pack = await openPack(path);
  const nearest = await indexRealImages(pack);
  const flat = new Float32Array(WIDTH * HEIGHT).fill(0.5);
  const found = await nearest.find({ ...size, images: flat, count: 1 });
  expect(found[0]).toBeCloseTo(100 / 127.5 - 1, 5);
  await pack.close();
});
