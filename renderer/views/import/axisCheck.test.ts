import { describe, expect, it } from 'vitest';
import { gazeFromAngles, type Annotation } from '../../../core/contract/annotation.ts';
import { NO_ADJUSTMENT } from '../../../core/contract/label-adjustment.ts';
import { adjusted, findingsOf } from './axisCheck.ts';

const image = (...annotations: Annotation[]) => ({ widthPx: 60, heightPx: 36, annotations });
const points = (...places: readonly (readonly [number, number])[]): Annotation => ({
  kind: 'keypoints',
  layout: `points-${places.length}`,
  points: places.map(([x, y]) => ({ x, y, visibility: 2 })),
});

describe('the axis check', () => {
  it('sees degrees that were read as radians, and that the switch puts them right', () => {
    const images = [image(gazeFromAngles(12, -20)), image(gazeFromAngles(-4, 9))];
    expect(findingsOf(images, NO_ADJUSTMENT)).toEqual([{ kind: 'behind', images: 2, fix: 'degrees' }]);
    const degrees = { ...NO_ADJUSTMENT, angles: 'degrees' } as const;
    expect(findingsOf(images, degrees)).toEqual([]);
    const [gaze] = adjusted(images[0], degrees);
    expect(gaze.kind === 'gaze' && gaze.pitchRad).toBeCloseTo((12 * Math.PI) / 180);
  });

  it('sees radians that were read as degrees, and that the switch puts them right', () => {
    const degree = Math.PI / 180;
    const images = [
      image(gazeFromAngles(0.3 * degree, 0.2 * degree)),
      image(gazeFromAngles(-0.1 * degree, 0.4 * degree)),
    ];
    expect(findingsOf(images, NO_ADJUSTMENT)).toEqual([{ kind: 'tiny', images: 2, fix: 'radians' }]);
    const radians = { ...NO_ADJUSTMENT, angles: 'radians' } as const;
    expect(findingsOf(images, radians)).toEqual([]);
    expect(adjusted(images[0], radians)).toMatchObject([{ pitchRad: expect.closeTo(0.3, 9) as number }]);
  });

  it('takes back a unit that was chosen wrongly', () => {
    const images = [image(gazeFromAngles(0.3, 0.2)), image(gazeFromAngles(-0.1, 0.4))];
    expect(findingsOf(images, NO_ADJUSTMENT)).toEqual([]);
    expect(findingsOf(images, { ...NO_ADJUSTMENT, angles: 'degrees' })).toEqual([
      { kind: 'tiny', images: 2, fix: null },
    ]);
    expect(findingsOf(images, { ...NO_ADJUSTMENT, angles: 'radians' })).toEqual([
      { kind: 'behind', images: 2, fix: null },
    ]);
  });

  it('sees points outside of the picture, and that a swap brings them back', () => {
    const images = [image(points([20, 50]))];
    expect(findingsOf(images, NO_ADJUSTMENT)).toEqual([{ kind: 'outside', images: 1 }]);
    expect(findingsOf(images, { ...NO_ADJUSTMENT, swap: true })).toEqual([]);
  });

  it('sees points that are shares of the picture, from its corner or from its middle', () => {
    const images = [image(points([0.2, 0.9], [0.5, 0.4], [0.6, 0.1]))];
    expect(findingsOf(images, NO_ADJUSTMENT)).toEqual([{ kind: 'corner', images: 1, fix: 'shares' }]);
    const shares = { ...NO_ADJUSTMENT, shares: true };
    expect(findingsOf(images, shares)).toEqual([]);
    expect(adjusted(images[0], shares)).toMatchObject([{ points: [{ x: 12, y: 32.4 }, {}, {}] }]);
    const centred = [image(points([-0.2, 0.4], [0.1, 0], [0.3, -0.45]))];
    expect(findingsOf(centred, { ...shares, origin: 'middle' })).toEqual([]);
  });
});
