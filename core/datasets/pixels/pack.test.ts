import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { propertyRuns } from '../../../test/support/property-settings.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { sha256OfFile, sha256OfPixels } from './hash.ts';
import { createPackWriter, openPack } from './pack.ts';
import { preprocessingHash } from './prepare.ts';

const EYES: Preprocessing = {
  widthPx: 5,
  heightPx: 3,
  channels: 1,
  bitDepth: 8,
  fit: 'stretch',
  equalise: false,
};
const HANDS: Preprocessing = { ...EYES, bitDepth: 16, depth: { foregroundOffsetMm: 0, windowMm: 500 } };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-pack-'));
});
afterAll(async () => rm(folder, { recursive: true }));

const eye = (index: number) => Uint8Array.from({ length: 15 }, (_, place) => (index * 15 + place) % 256);

async function writeEyes(name: string, count: number): Promise<string> {
  const path = join(folder, name);
  const writer = await createPackWriter(path, { preprocessing: EYES });
  for (let index = 0; index < count; index++) await writer.append(eye(index), index % 2 ? 'b 2.0' : 'a 1.0');
  await writer.finish();
  return path;
}

describe('a pack', () => {
  it('gives back what was put in, from memory and from the file', async () => {
    const path = await writeEyes('eyes.pack', 40);
    for (const memoryBudgetBytes of [0, 1e9]) {
      const pack = await openPack(path, { memoryBudgetBytes });
      expect(pack).toMatchObject({ count: 40, widthPx: 5, heightPx: 3, channels: 1, bitDepth: 8 });
      expect(pack).toMatchObject({ preprocessing: EYES, preprocessingHash: preprocessingHash(EYES) });
      expect(pack).toMatchObject({ decoder: 'a 1.0, b 2.0', isInMemory: memoryBudgetBytes > 0 });
      const raw = new Uint8Array(45);
      await pack.readRaw([39, 0, 17], raw);
      expect([...raw]).toEqual([...eye(39), ...eye(0), ...eye(17)]);
      const floats = new Float32Array(30);
      await pack.readImages(Int32Array.of(3, 38), floats);
      [...eye(3), ...eye(38)].forEach((level, place) =>
        expect(floats[place]).toBeCloseTo(level / 127.5 - 1, 6),
      );
      await expect(pack.readRaw([40], raw)).rejects.toThrow(RangeError);
      await expect(pack.readRaw([-1], raw)).rejects.toThrow(RangeError);
      await expect(pack.readImages([1, 2, 3], floats)).rejects.toThrow(/3 pictures need 45/);
      await pack.verify();
      await pack.close();
    }
  });

  it('keeps 16 bit and shows a depth window as [−1, 1]', async () => {
    const path = join(folder, 'hands.pack');
    const writer = await createPackWriter(path, { preprocessing: HANDS });
    const depth = Uint16Array.from({ length: 15 }, (_, place) => place * 25 + 150);
    await writer.append(depth);
    const { sha256, count } = await writer.finish();
    expect({ sha256, count }).toEqual({ sha256: sha256OfPixels(depth), count: 1 });
    for (const memoryBudgetBytes of [0, 1e9]) {
      const pack = await openPack(path, { memoryBudgetBytes });
      const raw = new Uint16Array(15);
      await pack.readRaw([0], raw);
      expect(raw).toEqual(depth);
      await expect(pack.readRaw([0], new Uint8Array(30))).rejects.toThrow(/16 bit/);
      const floats = new Float32Array(15);
      await pack.readImages([0], floats);
      expect([floats[0], floats[14]]).toEqual([expect.closeTo(-0.4, 6), 1]);
      await pack.close();
    }
  });

  it('is the same file for the same pixels, larger than one block', async () => {
    const large: Preprocessing = { ...EYES, widthPx: 400, heightPx: 300 };
    const paths = [join(folder, 'one.pack'), join(folder, 'two.pack')];
    for (const path of paths) {
      const writer = await createPackWriter(path, { preprocessing: large });
      for (let index = 0; index < 20; index++) await writer.append(new Uint8Array(120_000).fill(index));
      await writer.finish();
    }
    expect(await sha256OfFile(paths[0])).toBe(await sha256OfFile(paths[1]));
    const pack = await openPack(paths[0], { memoryBudgetBytes: 0 });
    const raw = new Uint8Array(120_000);
    for (const index of [0, 8, 9, 19]) {
      await pack.readRaw([index], raw);
      expect(raw.every((value) => value === index)).toBe(true);
    }
    await pack.close();
  });

  it('appears under its name only when finished, and an abort leaves nothing', async () => {
    const inner = await mkdtemp(join(folder, 'abort-'));
    const path = join(inner, 'eyes.pack');
    const writer = await createPackWriter(path, { preprocessing: EYES });
    await writer.append(eye(1));
    expect(await readdir(inner)).not.toContain('eyes.pack');
    await writer.abort();
    await writer.abort();
    expect(await readdir(inner)).toEqual([]);
    const empty = await createPackWriter(path, { preprocessing: EYES });
    await expect(empty.finish()).rejects.toMatchObject({ code: 'bad-usage' });
    expect(await readdir(inner)).toEqual([]);
    const wrong = await createPackWriter(path, { preprocessing: EYES });
    await expect(wrong.append(new Uint8Array(14))).rejects.toThrow(/15 values of 8 bit/);
    await expect(wrong.append(eye(0))).rejects.toThrow(/already closed/);
    expect(await readdir(inner)).toEqual([]);
  });
});

describe('a damaged pack', () => {
  it('is refused whichever byte has changed', async () => {
    const path = await writeEyes('whole.pack', 20);
    const whole = await readFile(path);
    const damagedPath = join(folder, 'damaged.pack');
    const jsonEnd = 24 + whole.readUInt32LE(16);
    const places = fc.oneof(
      fc.integer({ min: 0, max: jsonEnd - 1 }),
      fc.integer({ min: 8192, max: whole.length - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const damaged = Buffer.from(whole);
        damaged[place] ^= change;
        await writeFile(damagedPath, damaged);
        await expect(openPack(damagedPath)).rejects.toMatchObject({ name: 'StudioError' });
      }),
      // The version that never was.
      { numRuns: propertyRuns(60), examples: [[8, 1]] },
    );
  });

  it('is refused wherever it was cut off', async () => {
    for (const length of [0, 5, 11, 100, 8191, 8192, 8400]) {
      const path = await writeEyes('cut.pack', 20);
      await truncate(path, length);
      await expect(openPack(path, { memoryBudgetBytes: 0 })).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('cut.pack') as string,
      });
    }
  });

  it('is found by verify when it is read by offset, and says when it is too new or gone', async () => {
    const path = await writeEyes('late.pack', 20);
    const bytes = await readFile(path);
    bytes[bytes.length - 3] ^= 4;
    await writeFile(path, bytes);
    const pack = await openPack(path, { memoryBudgetBytes: 0 });
    await expect(pack.verify()).rejects.toThrow(/its pixels have changed/);
    await pack.close();
    bytes.writeUInt32LE(2, 8);
    await writeFile(path, bytes);
    await expect(openPack(path)).rejects.toMatchObject({ code: 'too-new' });
    await expect(openPack(join(folder, 'gone.pack'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
