import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextDelayMs } from './back-off.ts';

it('waits longer after every failure, never more than five seconds, and not always the same', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((failures) => nextDelayMs(failures, 0))).toEqual([
    125, 250, 500, 1000, 2000, 2500, 2500,
  ]);
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, chance) => {
      const delayMs = nextDelayMs(failures, chance);
      expect(delayMs).toBeGreaterThanOrEqual(125);
      expect(delayMs).toBeLessThan(5000);
      expect(delayMs).toBeGreaterThanOrEqual(nextDelayMs(failures, 0));
    }),
  );
});
