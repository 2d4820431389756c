import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { propertyRuns } from '../../../test/support/property-settings.ts';
import { createRandom } from '../../base/random.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { createBatchSource } from './batches.ts';
import type { BatchSource, BatchSourceState } from './batches.ts';
import { createPackWriter, openPack } from './pack.ts';
import type { Pack } from './pack.ts';

const ONE_PIXEL: Preprocessing = {
  widthPx: 1,
  heightPx: 1,
  channels: 1,
  bitDepth: 8,
  fit: 'stretch',
  equalise: false,
};
const COUNT = 23;

let folder: string;
let inMemory: Pack;
let onDisk: Pack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-batches-'));
  const path = join(folder, 'x.pack');
  const writer = await createPackWriter(path, { preprocessing: ONE_PIXEL });
  for (let index = 0; index < COUNT; index++) await writer.append(Uint8Array.of(index));
  await writer.finish();
  inMemory = await openPack(path);
  onDisk = await openPack(path, { memoryBudgetBytes: 0 });
});
afterAll(async () => {
  await onDisk.close();
  await inMemory.close();
  await rm(folder, { recursive: true });
});

async function take(source: BatchSource, batches: number): Promise<number[][]> {
  const taken: number[][] = [];
  for (let index = 0; index < batches; index++) taken.push([...(await source.next()).indices]);
  return taken;
}

describe('a batch source', () => {
  it('shows every picture once per epoch, in another order each time, and the pixels that belong to the indices', async () => {
    const source = createBatchSource(onDisk, { batchSize: 7, random: createRandom(1) });
    const seen: number[] = [];
    while (seen.length < COUNT * 7) {
      const { images, indices } = await source.next();
      seen.push(...indices);
      indices.forEach((index, place) => expect(images[place]).toBeCloseTo(index / 127.5 - 1, 6));
    }
    const epochs = Array.from({ length: 7 }, (_, epoch) => seen.slice(epoch * COUNT, (epoch + 1) * COUNT));
    for (const epoch of epochs) {
      expect([...epoch].sort((left, right) => left - right)).toEqual(
        Array.from({ length: COUNT }, (_, i) => i),
      );
    }
    expect(new Set(epochs.map(String)).size).toBe(7);
    expect(source.state()).toMatchObject({ epoch: 6, cursor: COUNT });
    expect(source.waitedMs).toBeGreaterThan(0);
  });

  it('goes on exactly as if never interrupted, whatever was read ahead, from memory or from disk', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: COUNT }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        async (seed, batchSize, before, prefetch, prefetchAfter) => {
          const options = { batchSize, random: createRandom(seed) };
          const uninterrupted = createBatchSource(inMemory, { ...options, prefetch: 0 });
          const expected = await take(uninterrupted, before + 6);
          const first = createBatchSource(onDisk, { ...options, prefetch });
          expect(await take(first, before)).toEqual(expected.slice(0, before));
          const saved = JSON.parse(JSON.stringify(first.state())) as BatchSourceState;
          const resumed = createBatchSource(onDisk, {
            batchSize,
            random: createRandom(seed + 1),
            prefetch: prefetchAfter,
            restore: saved,
          });
          expect(resumed.state()).toEqual(saved);
          expect(await take(resumed, 6)).toEqual(expected.slice(before));
          expect(resumed.state()).toEqual(uninterrupted.state());
        },
      ),
      { numRuns: propertyRuns(40) },
    );
  });

  it('does not advance the generator it was given', () => {
    const random = createRandom(5);
    const before = random.state();
    createBatchSource(inMemory, { batchSize: 3, random });
    expect(random.state()).toEqual(before);
  });

  it('refuses a batch larger than the dataset, naming both numbers, and the state of another pack', () => {
    const random = createRandom(1);
    expect(() => createBatchSource(inMemory, { batchSize: 64, random })).toThrow(
      expect.objectContaining({
        code: 'bad-usage',
        message: 'A batch of 64 is larger than the dataset of 23.',
        remedy: expect.stringContaining('22') as string,
      }) as Error,
    );
    const restore = { epoch: 0, generator: random.state(), cursor: 0, count: 9 };
    expect(() => createBatchSource(inMemory, { batchSize: 2, random, restore })).toThrow(
      /dataset of 9 images/,
    );
    expect(() => createBatchSource(inMemory, { batchSize: 0, random })).toThrow(RangeError);
  });
});
