import { expect, it } from 'vitest';
import { createWindowCache } from './windowCache.ts';

/** A list of numbers whose reads are answered when the test says so. */
function slowList(count: number, capacity = 4) {
  const reads: { from: number; count: number; answer: () => void; fail: () => void }[] = [];
  const errors: unknown[] = [];
  let version = 1;
  let changes = 0;
  const cache = createWindowCache<string>({
    count,
    pageSize: 10,
    capacity,
    concurrency: 2,
    load: (from, many) =>
      new Promise((resolve, reject) => {
        reads.push({
          from,
          count: many,
          answer: () => resolve(Array.from({ length: many }, (_, index) => `${from + index} v${version}`)),
          fail: () => reject(new Error('gone')),
        });
      }),
    onChange: () => (changes += 1),
    onError: (error) => errors.push(error),
  });
  const settle = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { cache, reads, errors, settle, change: () => (version += 1), changes: () => changes };
}

it('reads what is looked at, once, and the last page as short as it is', async () => {
  const { cache, reads, settle } = slowList(25);
  cache.want(18, 24);
  cache.want(18, 24);
  expect(reads.map(({ from, count }) => [from, count])).toEqual([
    [10, 10],
    [20, 5],
  ]);
  reads.forEach(({ answer }) => answer());
  await settle();
  expect(cache.at(24)).toBe('24 v1');
  expect(cache.at(3)).toBeUndefined();
});

it('forgets what was wanted before it was asked for, when something else is looked at', async () => {
  const { cache, reads, settle } = slowList(1000);
  cache.want(0, 49);
  cache.want(500, 509);
  expect(reads.map(({ from }) => from)).toEqual([0, 10]);
  reads[0]?.answer();
  await settle();
  expect(reads.map(({ from }) => from)).toEqual([0, 10, 500]);
});

it('tells of what came late, too: it may be in view again before it is wanted again', async () => {
  const { cache, reads, settle, changes } = slowList(1000);
  cache.want(0, 9);
  cache.want(500, 509);
  reads[0]?.answer();
  await settle();
  expect(changes()).toBe(1);
  expect(cache.at(0)).toBe('0 v1');
});

it('keeps no more pages than it may, and drops those not looked at for longest', async () => {
  const { cache, reads, settle } = slowList(1000, 2);
  for (const place of [0, 10, 0, 20]) {
    cache.want(place, place);
    reads.forEach(({ answer }) => answer());
    await settle();
  }
  expect([cache.at(0), cache.at(10), cache.at(20)]).toEqual(['0 v1', undefined, '20 v1']);
});

it('shows what it had until the new reading is there', async () => {
  const { cache, reads, settle, change } = slowList(10);
  cache.want(0, 9);
  reads[0]?.answer();
  await settle();
  change();
  cache.expire();
  expect(cache.at(0)).toBe('0 v1');
  reads[1]?.answer();
  await settle();
  expect(cache.at(0)).toBe('0 v2');
});

it('tells of a page that cannot be read, and does not ask for it for ever', async () => {
  const { cache, reads, errors, settle } = slowList(10);
  cache.want(0, 9);
  reads[0]?.fail();
  await settle();
  expect(errors).toHaveLength(1);
  expect(reads).toHaveLength(1);
  cache.want(0, 9);
  expect(reads).toHaveLength(2);
});
