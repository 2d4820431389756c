import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { labelResponse } from './label-response.ts';

describe('label response', () => {
  const random = createRandom(1);
  const size = { count: 30, heightPx: 10, widthPx: 20 };
  const points = Float32Array.from(
    { length: 30 * 2 * 2 },
    (_, place) => (place % 2 ? 10 : 20) * random.uniform(),
  );

  it('is the slope by which answers follow labels, whatever is added to all of them', () => {
    const labels = { kind: 'keypoints', points, visibility: new Uint8Array(60).fill(2) } as const;
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -9, max: 9, noNaN: true }),
        (slope, offset) => {
          const answers = points.map((value, place) => slope * value + offset * (place % 4));
          expect(labelResponse(answers, labels, size)).toBeCloseTo(slope, 4);
        },
      ),
    );
  });

  it('takes no account of points without a label or outside of the picture', () => {
    const broken = points.slice();
    const visibility = new Uint8Array(60).fill(2);
    broken.set([Number.NaN, Number.NaN], 0);
    visibility[0] = 0;
    broken.set([500, 500], 6);
    expect(labelResponse(points, { kind: 'keypoints', points: broken, visibility }, size)).toBeCloseTo(1, 6);
  });
});
