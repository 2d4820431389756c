import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageBatch } from '../base/image-batch.ts';
import { drawEyes } from '../estimators/drawn-eyes.ts';
import { driftsOf, measureDisplacement } from './displacement.ts';
import { openDriftThread, type DriftThread } from './drift-thread.ts';

const eyes = (seed: number, count: number): ImageBatch =>
  drawEyes({ count, seed, heightPx: 35, widthPx: 55 }).images;

let thread: DriftThread;
beforeEach(() => (thread = openDriftThread()));
afterEach(() => thread.close());

describe('the thread that measures drift', { timeout: 60_000 }, () => {
  it('answers what is measured without it, to every batch in its turn', async () => {
    const pairs = [3, 1, 5].map((count) => [eyes(count, count), eyes(count + 1, count)] as const);
    const flat: ImageBatch = { ...eyes(1, 1), images: new Float32Array(35 * 55) };
    const answers = await Promise.all(
      [...pairs, [flat, flat] as const].map(([before, after]) => thread.measure(before, after)),
    );
    expect(answers.map(({ length }) => length)).toEqual([3, 1, 5, 1]);
    expect(answers).toEqual([...pairs.map(([before, after]) => driftsOf(before, after)), [null]]);
    const { images } = await measureDisplacement(...pairs[2]);
    expect(answers[2]).toEqual(images.map((image) => (image.kind === 'measured' ? image.driftPx : null)));
  });

  it('keeps nobody waiting who asked a thread that has ended', async () => {
    const under = thread.measure(eyes(1, 8), eyes(2, 8));
    const told = expect(under).rejects.toThrow('The thread that measures drift ended');
    await thread.close();
    await told;
    await expect(thread.measure(eyes(1, 1), eyes(2, 1))).rejects.toThrow(
      'The thread that measures drift ended',
    );
  });

  it('refuses images of different sizes before they are sent', () => {
    const other = drawEyes({ count: 1, seed: 1, heightPx: 30, widthPx: 55 }).images;
    expect(() => thread.measure(eyes(1, 1), other)).toThrow(RangeError);
  });
});
