import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { mapOrdered } from './map-ordered.ts';

describe('mapOrdered', () => {
  it('keeps the order, whatever takes longest, with no more calls under way than allowed', async () => {
    const random = createRandom(1);
    let underWay = 0;
    let most = 0;
    const results: number[] = [];
    const input = Array.from({ length: 40 }, (_, index) => index);
    for await (const value of mapOrdered(input, 5, async (item) => {
      most = Math.max(most, ++underWay);
      await wait(random.range(0, 4));
      underWay -= 1;
      return item * 2;
    })) {
      results.push(value);
    }
    expect(results).toEqual(input.map((value) => value * 2));
    expect(most).toBe(5);
  });

  it('reports a failure in its turn and waits for what is under way', async () => {
    let finished = 0;
    const seen: number[] = [];
    const consume = async (): Promise<void> => {
      for await (const value of mapOrdered([1, 2, 3, 4], 3, async (item) => {
        await wait(item);
        finished += 1;
        if (item === 2) throw new Error('two');
        return item;
      })) {
        seen.push(value);
      }
    };
    await expect(consume()).rejects.toThrow('two');
    expect(seen).toEqual([1]);
    expect(finished).toBeGreaterThanOrEqual(3);
  });
});
