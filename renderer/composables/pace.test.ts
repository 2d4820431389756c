import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('many requests within an interval become two pieces of work', async () => {
  let done = 0;
  const pace = createPace(250, () => {
    done += 1;
    return Promise.resolve();
  });
  for (let request = 0; request < 50; request++) pace.ask();
  await vi.advanceTimersByTimeAsync(249);
  expect(done).toBe(1);
  await vi.advanceTimersByTimeAsync(2000);
  expect(done).toBe(2);
});

test('work that takes longer than the interval is never done twice at a time', async () => {
  let atOnce = 0;
  let most = 0;
  const pace = createPace(100, async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setTimeout(resolve, 350));
    atOnce -= 1;
  });
  for (let request = 0; request < 20; request++) {
    pace.ask();
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(most).toBe(1);
});

test('goes on after work that failed, and not after it was stopped', async () => {
  let done = 0;
  const pace = createPace(10, () => {
    done += 1;
    return done === 1 ? Promise.reject(new Error('lost')).catch(() => undefined) : Promise.resolve();
  });
  pace.ask();
  await vi.advanceTimersByTimeAsync(20);
  pace.ask();
  await vi.advanceTimersByTimeAsync(20);
  expect(done).toBe(2);
  pace.stop();
  pace.ask();
  await vi.advanceTimersByTimeAsync(20);
  expect(done).toBe(2);
});
