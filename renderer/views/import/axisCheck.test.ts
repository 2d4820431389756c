import { describe, expect, it } from 'vitest';
import { gazeFromAngles, type Annotation } from '../../../core/contract/annotation.ts';
import { NO_ADJUSTMENT } from '../../../core/contract/label-adjustment.ts';
import { adjusted, findingsOf } from './axisCheck.ts';

const image = (...annotations: Annotation[]) => ({ widthPx: 60, heightPx: 36, annotations });

describe('the axis check', () => {
  it('sees degrees that were read as radians, and that the switch puts them right', () => {
    const images = [image(gazeFromAngles(12, -20)), image(gazeFromAngles(-4, 9))];
    expect(findingsOf(images, NO_ADJUSTMENT)).toEqual({ behind: 2, outside: 0, isTiny: false });
    const degrees = { ...NO_ADJUSTMENT, degrees: true };
    expect(findingsOf(images, degrees)).toEqual({ behind: 0, outside: 0, isTiny: false });
    const [gaze] = adjusted(images[0], degrees);
    expect(gaze.kind === 'gaze' && gaze.pitchRad).toBeCloseTo((12 * Math.PI) / 180);
  });

  it('sees radians that were turned into degrees by mistake', () => {
    const images = [image(gazeFromAngles(0.3, 0.2)), image(gazeFromAngles(-0.1, 0.4))];
    expect(findingsOf(images, { ...NO_ADJUSTMENT, degrees: true }).isTiny).toBe(true);
    expect(findingsOf(images, NO_ADJUSTMENT).isTiny).toBe(false);
  });

  it('sees points outside of the picture, and that a swap brings them back', () => {
    const points: Annotation = {
      kind: 'keypoints',
      layout: 'points-1',
      points: [{ x: 20, y: 50, visibility: 2 }],
    };
    expect(findingsOf([image(points)], NO_ADJUSTMENT).outside).toBe(1);
    expect(findingsOf([image(points)], { ...NO_ADJUSTMENT, swap: true }).outside).toBe(0);
  });
});
