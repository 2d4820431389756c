import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propertyRuns } from '../../../test/support/property-settings.ts';
import type { Keypoints } from '../../contract/annotation.ts';
import { invertTransform, mapKeypoints, placeBox } from './geometry.ts';
import type { Box } from './geometry.ts';
import { resample } from './resample.ts';

const boxes = fc.record({
  x: fc.double({ min: -20, max: 200, noNaN: true }),
  y: fc.double({ min: -20, max: 200, noNaN: true }),
  width: fc.double({ min: 1, max: 600, noNaN: true }),
  height: fc.double({ min: 1, max: 600, noNaN: true }),
});
const sizes = fc.record({
  widthPx: fc.integer({ min: 1, max: 300 }),
  heightPx: fc.integer({ min: 1, max: 300 }),
  fit: fc.constantFrom<'stretch' | 'cover' | 'contain'>('stretch', 'cover', 'contain'),
});

const coordinates = fc.double({ min: -1e3, max: 1e3, noNaN: true });

const at = (x: number, y: number): Keypoints => ({
  kind: 'keypoints',
  layout: 'one',
  points: [{ x, y, zMm: 400, visibility: 1 }],
});

describe('transforms', () => {
  it('lead there and back, and leave depth and visibility alone', () => {
    fc.assert(
      fc.property(boxes, sizes, fc.tuple(coordinates, coordinates), (box, size, [x, y]) => {
        const { transform } = placeBox(box, size);
        const back = mapKeypoints(mapKeypoints(at(x, y), transform), invertTransform(transform));
        expect(back.points[0].x).toBeCloseTo(x, 6);
        expect(back.points[0].y).toBeCloseTo(y, 6);
        expect(back.points[0]).toMatchObject({ zMm: 400, visibility: 1 });
      }),
    );
  });

  it('lead the corners of the source to the corners of the target, inside the size', () => {
    fc.assert(
      fc.property(boxes, sizes, (box, size) => {
        const { source, target, transform } = placeBox(box, size);
        const start = mapKeypoints(at(source.x, source.y), transform).points[0];
        const end = mapKeypoints(at(source.x + source.width, source.y + source.height), transform).points[0];
        expect(start.x).toBeCloseTo(target.x, 6);
        expect(start.y).toBeCloseTo(target.y, 6);
        expect(end.x).toBeCloseTo(target.x + target.width, 6);
        expect(end.y).toBeCloseTo(target.y + target.height, 6);
        expect(target.x).toBeGreaterThanOrEqual(0);
        expect(target.x + target.width).toBeLessThanOrEqual(size.widthPx);
        expect(target.y + target.height).toBeLessThanOrEqual(size.heightPx);
      }),
    );
  });

  it('keep the shape when covering, all of the picture when containing', () => {
    const wide: Box = { x: 0, y: 0, width: 200, height: 100 };
    const square = { widthPx: 50, heightPx: 50 };
    expect(placeBox(wide, { ...square, fit: 'cover' })).toMatchObject({
      source: { x: 50, y: 0, width: 100, height: 100 },
      transform: { scaleX: 0.5, scaleY: 0.5 },
    });
    expect(placeBox(wide, { ...square, fit: 'contain' })).toMatchObject({
      source: wide,
      target: { x: 0, y: 12, width: 50, height: 25 },
    });
  });
});

describe('labels follow the picture', () => {
  it('keeps a keypoint on the middle of a spot, whatever the crop, size and fit', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 35, max: 65, noNaN: true }),
        fc.double({ min: 35, max: 65, noNaN: true }),
        fc.record({
          x: fc.double({ min: 0, max: 15, noNaN: true }),
          y: fc.double({ min: 0, max: 15, noNaN: true }),
          width: fc.double({ min: 80, max: 85, noNaN: true }),
          height: fc.double({ min: 80, max: 85, noNaN: true }),
        }),
        fc.record({
          widthPx: fc.integer({ min: 40, max: 160 }),
          heightPx: fc.integer({ min: 40, max: 160 }),
          fit: fc.constantFrom<'stretch' | 'cover' | 'contain'>('stretch', 'cover', 'contain'),
        }),
        (spotX, spotY, crop, size) => {
          const spot = gaussianSpot(100, spotX, spotY, 3);
          const { source, target, transform } = placeBox(crop, size);
          const mapped = mapKeypoints(at(spotX, spotY), transform).points[0];
          // A spot that covering has cut off has no middle left to compare with.
          const margin = 14 * Math.max(transform.scaleX, transform.scaleY);
          fc.pre(mapped.x > margin && mapped.x < size.widthPx - margin);
          fc.pre(mapped.y > margin && mapped.y < size.heightPx - margin);
          const image = { pixels: spot, widthPx: 100, heightPx: 100, channels: 1 as const };
          const small = resample(image, source, target.width, target.height);
          const centre = centroid(small.pixels, target.width);
          expect(Math.abs(centre.x + target.x - mapped.x)).toBeLessThan(0.05);
          expect(Math.abs(centre.y + target.y - mapped.y)).toBeLessThan(0.05);
        },
      ),
      { numRuns: propertyRuns(60) },
    );
  });
});

function gaussianSpot(side: number, spotX: number, spotY: number, radiusPx: number): Uint16Array {
  return Uint16Array.from({ length: side * side }, (_, index) => {
    const x = (index % side) + 0.5 - spotX;
    const y = Math.floor(index / side) + 0.5 - spotY;
    return Math.round(60000 * Math.exp(-(x * x + y * y) / (2 * radiusPx * radiusPx)));
  });
}

function centroid(pixels: ArrayLike<number>, widthPx: number): { x: number; y: number } {
  let sum = 0;
  let sumX = 0;
  let sumY = 0;
  for (let index = 0; index < pixels.length; index++) {
    sum += pixels[index];
    sumX += pixels[index] * ((index % widthPx) + 0.5);
    sumY += pixels[index] * (Math.floor(index / widthPx) + 0.5);
  }
  return { x: sumX / sum, y: sumY / sum };
}
