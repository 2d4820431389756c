import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLimiter } from './limiter.ts';

test('never more at once than allowed, in order, and a failure gives its place back', async () => {
  const limit = createLimiter(3);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = async (number: number): Promise<number> => {
    begun.push(number);
    running += 1;
    most = Math.max(most, running);
    await delay(number % 3);
    running -= 1;
    if (number % 5 === 0) throw new Error(`no ${number}`);
    return number;
  };
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const results = await Promise.allSettled(numbers.map((number) => limit(() => work(number))));
  expect(begun).toEqual(numbers);
  expect(most).toBe(3);
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
    numbers.map((number) => number % 5 !== 0),
  );
  expect(await limit(() => Promise.resolve('still works'))).toBe('still works');
});
