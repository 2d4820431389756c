import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { readSafeTensors, writeSafeTensors } from '../base/safetensors.ts';
import { createHistoryBuffer, type HistorySegment } from './history-buffer.ts';
import {
  historyPath,
  historySteps,
  keepHistoryOf,
  readHistoryAt,
  readHistorySegment,
  writeHistorySegment,
} from './history-segments.ts';

const LAYOUT = { heightPx: 3, widthPx: 4, channels: 1 };
const VALUES = 12;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-history-'));
});
afterAll(() => rm(folder, { recursive: true }));

let runs = 0;
/** A journal with a segment every `every` of 30 steps, and the buffer as it was at each of them. */
async function journal(every: number): Promise<{ runFolder: string; at: Map<number, HistorySegment> }> {
  const runFolder = join(folder, `run-${runs++}`);
  const buffer = createHistoryBuffer(9, VALUES, 8);
  const random = createRandom(runs, 'journal');
  const at = new Map<number, HistorySegment>();
  for (let step = 1; step <= 30; step++) {
    const images = Float32Array.from({ length: 2 * VALUES }, () => random.range(-1, 1));
    buffer.replace(images, [2 * step, 2 * step + 1], step, random);
    if (step % every !== 0) continue;
    await writeHistorySegment(runFolder, step, buffer.changes(), LAYOUT);
    buffer.markSaved();
    at.set(step, await readHistoryAt(runFolder, step));
  }
  return { runFolder, at };
}

async function bytesOf(runFolder: string): Promise<number> {
  const names = await readdir(join(runFolder, 'history'));
  const sizes = await Promise.all(names.map((name) => stat(join(runFolder, 'history', name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

describe('keeping the buffers of some checkpoints', () => {
  test.each([[[30]], [[6, 18, 30]], [[2, 4, 30]]])('%j keeps them as they were', async (kept) => {
    const { runFolder, at } = await journal(2);
    const before = await bytesOf(runFolder);
    await keepHistoryOf(runFolder, kept.toReversed(), LAYOUT);
    expect(await historySteps(runFolder)).toEqual(kept);
    for (const step of kept) expect(await readHistoryAt(runFolder, step), `${step}`).toEqual(at.get(step));
    expect(await bytesOf(runFolder)).toBeLessThan(before);
    // Doing it again changes nothing.
    const after = await bytesOf(runFolder);
    await keepHistoryOf(runFolder, kept, LAYOUT);
    expect(await bytesOf(runFolder)).toBe(after);
  });

  test('a checkpoint without a segment of its own gets one; what no checkpoint needs goes', async () => {
    const { runFolder, at } = await journal(10);
    await keepHistoryOf(runFolder, [15, 25], LAYOUT);
    expect(await historySteps(runFolder)).toEqual([15, 25]);
    expect(await readHistoryAt(runFolder, 15)).toEqual(at.get(10));
    expect(await readHistoryAt(runFolder, 25)).toEqual(at.get(20));
  });

  test('killed on the way, segments say the same thing twice', async () => {
    const { runFolder, at } = await journal(10);
    const early = await readSafeTensors(historyPath(runFolder, 10));
    await keepHistoryOf(runFolder, [20, 30], LAYOUT);
    await writeSafeTensors(historyPath(runFolder, 10), early);
    for (const step of [20, 30]) expect(await readHistoryAt(runFolder, step)).toEqual(at.get(step));
  });
});

describe('a segment', () => {
  test('of an earlier version, with plain 16-bit pixels, is read', async () => {
    const runFolder = join(folder, 'earlier');
    const pixels = Uint16Array.from({ length: 2 * VALUES }, (_, index) => index * 1000);
    const [slots, sources, steps] = [Int32Array.of(0, 1), Int32Array.of(5, 6), Int32Array.of(3, 3)];
    const tensors = new Map(
      Object.entries({ slots, sources, steps, pixels }).map(([name, values]) => [
        name,
        { shape: name === 'pixels' ? [2, VALUES] : [2], values },
      ]),
    );
    await writeSafeTensors(historyPath(runFolder, 3), {
      metadata: { format: 'simgan-history-1' },
      tensors,
    });
    expect(await readHistorySegment(runFolder, 3)).toEqual({ slots, sources, steps, pixels });
  });

  test('that is damaged, or of a later version, is told by its path', async () => {
    const { runFolder } = await journal(30);
    const path = historyPath(runFolder, 30);
    const { tensors, metadata } = await readSafeTensors(path);
    const pixels = tensors.get('pixels');
    if (pixels) pixels.values[pixels.values.length - 1] ^= 1;
    await writeSafeTensors(path, { tensors, metadata });
    await expect(readHistorySegment(runFolder, 30)).rejects.toThrow(
      `The history file ${path} is damaged: its pixels do not unpack.`,
    );
    await writeSafeTensors(path, { tensors, metadata: { format: 'simgan-history-9' } });
    await expect(readHistorySegment(runFolder, 30)).rejects.toMatchObject({ code: 'too-new' });
  });
});
