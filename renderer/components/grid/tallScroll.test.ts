import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tallScroll } from './tallScroll.ts';

describe('a list taller than an element can be', () => {
  const full = 65_000_000;
  const view = 700;
  const tall = tallScroll(full, view);

  it('is no taller than browsers can make it, and reaches both ends', () => {
    expect(tall.height).toBeLessThan(16_000_000);
    expect(tall.toPlace(0)).toBe(0);
    expect(tall.toPlace(tall.height - view)).toBe(full - view);
  });

  it('goes there and back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: full - view, noNaN: true }), (place) => {
        expect(tall.toPlace(tall.toScroll(place))).toBeCloseTo(place, 3);
      }),
    );
  });

  it('never goes back while it is scrolled on', () => {
    const position = fc.double({ min: 0, max: 6_000_000 - view, noNaN: true });
    fc.assert(
      fc.property(position, position, (left, right) => {
        const [low, high] = left < right ? [left, right] : [right, left];
        expect(tall.toPlace(low)).toBeLessThanOrEqual(tall.toPlace(high));
      }),
    );
  });

  it('leaves shorter lists as they are', () => {
    expect(tallScroll(5000, view).toPlace(1234)).toBe(1234);
    expect(tallScroll(5000, view).height).toBe(5000);
  });
});
