import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

describe('pace', () => {
  it('lets 1,000 messages through at once, and then 300 a second', () => {
    const pace = createPace(0);
    const taken = (nowMs: number): number => {
      let count = 0;
      while (pace.take(nowMs)) count += 1;
      return count;
    };
    expect(taken(0)).toBe(1000);
    expect(taken(1000)).toBe(300);
    expect(taken(1_000_000)).toBe(1000);
  });

  it('has one again after the time that it says, and not before', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { maxLength: 50 }), (pauses) => {
        const pace = createPace(0);
        let nowMs = 0;
        for (const pauseMs of pauses) {
          nowMs += pauseMs;
          while (pace.take(nowMs));
          const waitMs = pace.waitMs(nowMs);
          expect(waitMs).toBeGreaterThan(0);
          expect(pace.take(nowMs + waitMs / 2)).toBe(false);
          nowMs += waitMs + 1e-6;
          expect(pace.take(nowMs)).toBe(true);
        }
      }),
    );
  });
});
