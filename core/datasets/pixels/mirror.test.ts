import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gazeFromAngles } from '../../contract/annotation.ts';
import type { Keypoints } from '../../contract/annotation.ts';
import { EYE_34 } from '../../contract/keypoint-layouts.ts';
import { mirrorAnnotation, mirrorRaster } from './mirror.ts';

const angles = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });

describe('mirroring', () => {
  it('flips the picture, and twice gives it back', () => {
    const image = { pixels: Uint8Array.of(1, 2, 3, 4, 5, 6), widthPx: 3, heightPx: 2, channels: 1 as const };
    expect([...mirrorRaster(image).pixels]).toEqual([3, 2, 1, 6, 5, 4]);
    const colour = { ...image, widthPx: 2, heightPx: 1, channels: 3 as const };
    expect([...mirrorRaster(colour).pixels]).toEqual([4, 5, 6, 1, 2, 3]);
    expect(mirrorRaster(mirrorRaster(colour))).toEqual(colour);
  });

  it('changes the sign of yaw and nothing else of a gaze', () => {
    fc.assert(
      fc.property(angles(1.5), angles(3), (pitchRad, yawRad) => {
        const mirrored = mirrorAnnotation(gazeFromAngles(pitchRad, yawRad), 55);
        if (mirrored.kind !== 'gaze') throw new Error('no gaze');
        expect(mirrored.pitchRad).toBeCloseTo(pitchRad, 9);
        expect(mirrored.yawRad).toBeCloseTo(-yawRad, 9);
      }),
    );
  });

  it('keeps the names of the eye layout true: what is called left lies left, lids run from left to right', () => {
    const eye: Keypoints = { kind: 'keypoints', layout: EYE_34.id, points: syntheticEye() };
    const mirrored = mirrorAnnotation(eye, 55);
    if (mirrored.kind !== 'keypoints') throw new Error('no keypoints');
    const x = (name: string) => mirrored.points[EYE_34.names.indexOf(name)].x;
    expect(x('corner-left')).toBeLessThan(x('corner-right'));
    for (const lid of ['lid-upper', 'lid-lower']) {
      for (let index = 1; index < 7; index++)
        expect(x(`${lid}-${index}`)).toBeGreaterThan(x(`${lid}-${index - 1}`));
    }
    // The contour still starts at its right and goes on clockwise (downwards, as y points down).
    expect(x('iris-0')).toBeGreaterThan(x('iris-4'));
    const y = (name: string) => mirrored.points[EYE_34.names.indexOf(name)].y;
    expect(y('iris-2')).toBeGreaterThan(y('iris-6'));
    const back = mirrorAnnotation(mirrored, 55);
    if (back.kind !== 'keypoints') throw new Error('no keypoints');
    back.points.forEach((point, index) => {
      expect(point.x).toBeCloseTo(eye.points[index].x, 9);
      expect(point.y).toBe(eye.points[index].y);
    });
  });
});

function syntheticEye(): Keypoints['points'] {
  const place = (name: string): { x: number; y: number } => {
    const match = /^(pupil|iris|lid-upper|lid-lower)-(\d)$/.exec(name);
    if (name === 'corner-left') return { x: 8, y: 18 };
    if (name === 'corner-right') return { x: 46, y: 17 };
    if (!match) return { x: 20, y: 17 };
    const index = Number(match[2]);
    if (match[1].startsWith('lid')) return { x: 12 + index * 4.5, y: match[1] === 'lid-upper' ? 12 : 24 };
    const radiusPx = match[1] === 'pupil' ? 3 : 7;
    const angle = (index * Math.PI) / 4;
    return { x: 20 + radiusPx * Math.cos(angle), y: 17 + radiusPx * Math.sin(angle) };
  };
  return EYE_34.names.map((name) => ({ ...place(name), visibility: 2 }));
}
