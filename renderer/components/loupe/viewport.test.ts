import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIT, panBy, placeAt, placementOf, viewportOf, zoomAt } from './viewport.ts';

const pane = { width: 800, height: 500 };
const eye = { width: 60, height: 36 };

describe('viewport', () => {
  it('fits a picture into the middle of its pane', () => {
    const { left, top, width, height } = placementOf(FIT, pane, eye);
    expect(width).toBeCloseTo(800);
    expect(height).toBeCloseTo(480);
    expect([left, top]).toEqual([0, 10]);
  });

  it('keeps what is under the pointer there while zooming in', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 10, noNaN: true }),
        fc.integer({ min: 100, max: 700 }),
        fc.integer({ min: 60, max: 440 }),
        (factor, x, y) => {
          const before = placeAt(placementOf(FIT, pane, eye), { x, y });
          const zoomed = zoomAt(FIT, factor, { x, y }, pane, eye);
          const after = placeAt(placementOf(zoomed, pane, eye), { x, y });
          expect(after.x).toBeCloseTo(before.x, 6);
          expect(after.y).toBeCloseTo(before.y, 6);
        },
      ),
    );
  });

  it('shows the same place in pictures of other sizes', () => {
    const zoomed = zoomAt(FIT, 4, { x: 200, y: 200 }, pane, eye);
    const small = placeAt(placementOf(zoomed, pane, eye), { x: 400, y: 250 });
    const large = placeAt(placementOf(zoomed, pane, { width: 600, height: 360 }), { x: 400, y: 250 });
    expect(large.x).toBeCloseTo(small.x);
    expect(large.y).toBeCloseTo(small.y);
  });

  it('never loses the picture, and comes back to the middle', () => {
    const zoomed = zoomAt(FIT, 8, { x: 0, y: 0 }, pane, eye);
    const far = panBy(zoomed, 1e6, -1e6, pane, eye);
    expect([far.x, far.y]).toEqual([0, 1]);
    expect(zoomAt(far, 0.01, { x: 1, y: 1 }, pane, eye)).toEqual(FIT);
  });

  it('shows a box in the middle, whole', () => {
    const viewport = viewportOf({ x: 0.5, y: 0.25, width: 0.25, height: 0.5 }, pane, eye);
    const placed = placementOf(viewport, pane, eye);
    expect(placeAt(placed, { x: 400, y: 250 })).toEqual({ x: 0.625, y: 0.5 });
    expect(placeAt(placed, { x: 0, y: 0 }).y).toBeLessThan(0.25);
    expect(placeAt(placed, { x: 0, y: 0 }).x).toBeLessThan(0.5);
  });
});
