import { describe, expect, it } from 'vitest';
import { gazeFromAngles, type Keypoints } from './annotation.ts';
import { HAND_14, HAND_21, keypointLayout } from './keypoint-layouts.ts';
import { adjustAnnotation, NO_ADJUSTMENT, type LabelAdjustment } from './label-adjustment.ts';

const SIZE = { widthPx: 100, heightPx: 40 };

function place(x: number, y: number, changes: Partial<LabelAdjustment>): [number, number] {
  const label: Keypoints = { kind: 'keypoints', layout: 'points-1', points: [{ x, y, visibility: 2 }] };
  const adjusted = adjustAnnotation(label, { ...NO_ADJUSTMENT, ...changes }, SIZE);
  if (adjusted.kind !== 'keypoints') throw new Error('The kind has changed.');
  return [adjusted.points[0].x, adjusted.points[0].y];
}

describe('keypoints put right', () => {
  it.each([
    ['left as they are', 30, 10, {}, [30, 10]],
    ['mirrored about the middle', 30, 10, { flipX: true }, [70, 10]],
    ['turned upside down', 30, 10, { flipY: true }, [30, 30]],
    ['with x and y exchanged', 10, 30, { swap: true }, [30, 10]],
    ['counted from the bottom, as in Unity', 30, 10, { origin: 'bottom-left' }, [30, 30]],
    ['counted from the middle', -20, 5, { origin: 'middle' }, [30, 25]],
    ['counted from the middle with y up', -20, 5, { origin: 'middle', flipY: true }, [30, 15]],
    ['given as shares, as in YOLO', 0.3, 0.25, { shares: true }, [30, 10]],
    [
      'row before column, as shares, from the bottom',
      0.75,
      0.3,
      { shares: true, swap: true, origin: 'bottom-left' },
      [30, 10],
    ],
  ] as const)('%s', (_what, x, y, changes, expected) => {
    expect(place(x, y, changes)).toEqual(expected.map((value) => expect.closeTo(value, 9) as number));
  });

  it('leave a point that is not labelled where it is', () => {
    const label: Keypoints = {
      kind: 'keypoints',
      layout: 'points-1',
      points: [{ x: 0, y: 0, visibility: 0 }],
    };
    expect(adjustAnnotation(label, { ...NO_ADJUSTMENT, flipX: true }, SIZE)).toEqual(label);
  });

  it.each([HAND_21, HAND_14])('of the other hand have the names of the opposite fingers: $id', (layout) => {
    const points = layout.names.map((_, index) => ({ x: index, y: 0, visibility: 2 as const }));
    const label: Keypoints = { kind: 'keypoints', layout: layout.id, points };
    const other = { ...NO_ADJUSTMENT, otherHand: true };
    const once = adjustAnnotation(label, other, SIZE);
    const nameAt = (name: string): string | undefined =>
      once.kind === 'keypoints' ? layout.names[once.points[layout.names.indexOf(name)].x] : undefined;
    const [tip, wrist] = layout === HAND_21 ? ['4', 'wrist'] : ['tip', 'palm'];
    expect(nameAt(`thumb-${tip}`)).toBe(`little-${tip}`);
    expect(nameAt(`index-${tip}`)).toBe(`ring-${tip}`);
    expect(nameAt(`middle-${tip}`)).toBe(`middle-${tip}`);
    expect(nameAt(wrist)).toBe(wrist);
    expect(adjustAnnotation(once, other, SIZE)).toEqual(label);
  });

  it('of an eye have no other hand', () => {
    expect(keypointLayout('eye-34', 34).otherSide).toBeUndefined();
  });
});

describe('gaze put right', () => {
  const angles = (pitch: number, yaw: number, changes: Partial<LabelAdjustment>): [number, number] => {
    const gaze = adjustAnnotation(gazeFromAngles(pitch, yaw), { ...NO_ADJUSTMENT, ...changes }, SIZE);
    if (gaze.kind !== 'gaze') throw new Error('The kind has changed.');
    return [gaze.pitchRad, gaze.yawRad];
  };

  it.each([
    ['mirrored', 0.1, 0.4, { flipX: true }, [0.1, -0.4]],
    ['with pitch counted downwards', 0.1, 0.4, { flipY: true }, [-0.1, 0.4]],
    ['with yaw before pitch', 0.1, 0.4, { swap: true }, [0.4, 0.1]],
    ['with yaw before pitch, mirrored after that', 0.1, 0.4, { swap: true, flipX: true }, [0.4, -0.1]],
    ['degrees that were taken for radians', 9, -18, { angles: 'degrees' }, [Math.PI / 20, -Math.PI / 10]],
    ['radians that were taken for degrees', Math.PI / 1800, 0, { angles: 'radians' }, [0.1, 0]],
    [
      'where keypoints are counted from',
      0.1,
      0.4,
      { origin: 'bottom-left', shares: true, otherHand: true },
      [0.1, 0.4],
    ],
  ] as const)('%s', (_what, pitch, yaw, changes, expected) => {
    expect(angles(pitch, yaw, changes)).toEqual(expected.map((value) => expect.closeTo(value, 9) as number));
  });

  it('moves the arrow as the angles say', () => {
    const gaze = adjustAnnotation(gazeFromAngles(20, -30), { ...NO_ADJUSTMENT, angles: 'degrees' }, SIZE);
    // Up is negative, and to the right of the image is where negative yaw looks.
    expect(gaze.kind === 'gaze' && gaze.vector[1]).toBeCloseTo(-Math.sin(Math.PI / 9), 9);
    expect(gaze.kind === 'gaze' && gaze.vector[0]).toBeGreaterThan(0);
  });
});
