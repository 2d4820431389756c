import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { angularErrorDeg, gazeFromAngles, type Keypoints } from '../../../core/contract/annotation.ts';
import { EYE_34, HAND_21, UNITY_EYES_55 } from '../../../core/contract/keypoint-layouts.ts';
import {
  boundsOf,
  drawLabels,
  gazeOrigin,
  gazeTip,
  gazeVectorToTip,
  layerOfKeypoint,
  layersOf,
} from './geometry.ts';

const size = { widthPx: 60, heightPx: 36 };

const keypoints = (layout: string, count: number, visibility: 0 | 1 | 2 = 2): Keypoints => ({
  kind: 'keypoints',
  layout,
  points: Array.from({ length: count }, (_, index) => ({ x: index, y: index / 2, visibility })),
});

describe('layers', () => {
  it('knows every point of the known layouts by name', () => {
    expect(new Set(EYE_34.names.map(layerOfKeypoint))).toEqual(new Set(['pupil', 'iris', 'lids']));
    expect(new Set(UNITY_EYES_55.names.map(layerOfKeypoint))).toEqual(new Set(['lids', 'iris']));
    expect(new Set(HAND_21.names.map(layerOfKeypoint))).toEqual(new Set(['skeleton']));
    expect(layerOfKeypoint('point-3')).toBe('points');
  });

  it('lists those that labels have, in order', () => {
    expect(layersOf([keypoints('eye-34', 34), gazeFromAngles(0, 0)])).toEqual([
      'gaze',
      'pupil',
      'iris',
      'lids',
    ]);
    expect(layersOf([{ kind: 'category', name: 'left' }])).toEqual([]);
  });
});

describe('the gaze arrow', () => {
  it('goes left for a positive yaw and up for a positive pitch, as the convention says', () => {
    const origin = { x: 30, y: 18 };
    expect(gazeTip(gazeFromAngles(0, 0.4), origin, size).x).toBeLessThan(30);
    expect(gazeTip(gazeFromAngles(0.4, 0), origin, size).y).toBeLessThan(18);
    expect(gazeTip(gazeFromAngles(0, 0), origin, size)).toEqual({ x: 30, y: 18 });
  });

  it('can be turned by its tip: the vector to a tip is the vector that draws it', () => {
    const angle = fc.double({ min: -1.05, max: 1.05, noNaN: true });
    fc.assert(
      fc.property(angle, angle, (pitch, yaw) => {
        const gaze = gazeFromAngles(pitch, yaw);
        const origin = { x: 12, y: 20 };
        const turned = gazeVectorToTip(gazeTip(gaze, origin, size), origin, size);
        expect(angularErrorDeg(gaze.vector, turned)).toBeLessThan(1e-3);
      }),
    );
  });

  it('stays a unit vector toward the camera wherever it is dragged', () => {
    const place = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(place, place, (x, y) => {
        const vector = gazeVectorToTip({ x, y }, { x: 30, y: 18 }, size);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 9);
        expect(vector[2]).toBeLessThan(0);
      }),
    );
  });

  it('begins in the pupil, else in the middle of the iris, else in the middle', () => {
    expect(gazeOrigin(undefined, size)).toEqual({ x: 30, y: 18 });
    expect(gazeOrigin(keypoints('eye-34', 34), size)).toEqual({ x: 0, y: 0 });
    const iris = Array.from({ length: 32 }, (_, index) => 23 + index);
    const middle = iris.reduce((sum, index) => sum + index, 0) / 32;
    expect(gazeOrigin(keypoints('unityeyes-55', 55), size)).toEqual({ x: middle, y: middle / 2 });
    expect(gazeOrigin(keypoints('eye-34', 34, 0), size)).toEqual({ x: 30, y: 18 });
  });
});

describe('drawing', () => {
  it('joins alike bones: one path for each finger, and a dot for each joint', () => {
    const { lines, dots } = drawLabels([keypoints('hand-21', 21)], size);
    expect(lines).toHaveLength(5);
    expect(new Set(lines.map(({ colour }) => colour)).size).toBe(5);
    expect(dots.map(({ path }) => path.split('M').length - 1).reduce((sum, many) => sum + many)).toBe(21);
  });

  it('draws nothing that is not labelled, and hidden joints in another style', () => {
    expect(drawLabels([keypoints('hand-21', 21, 0)], size)).toEqual({ lines: [], dots: [] });
    const hidden = drawLabels([keypoints('hand-21', 21, 1)], size);
    expect([...hidden.lines, ...hidden.dots].every(({ isHidden }) => isHidden)).toBe(true);
  });

  it('puts dots on the centres of an eye but not on its contours', () => {
    const { dots } = drawLabels([keypoints('eye-34', 34)], size);
    expect(dots.map(({ path }) => path)).toEqual(['M0 0h0', 'M1 0.5h0']);
  });

  it('bounds what it draws', () => {
    expect(boundsOf([keypoints('hand-21', 21)], size)).toEqual({ x: 0, y: 0, width: 20, height: 10 });
    expect(boundsOf([{ kind: 'category', name: 'left' }], size)).toBeUndefined();
  });
});
