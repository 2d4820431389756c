import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { angularErrorDeg, gazeFromAngles, gazeFromVector } from './annotation.ts';

describe('gaze', () => {
  it('is (0, 0, −1) for an eye that looks into the camera, up is positive pitch, image left positive yaw', () => {
    expect(gazeFromVector(0, 0, -2)).toMatchObject({ vector: [0, 0, -1], pitchRad: -0, yawRad: -0 });
    expect(gazeFromVector(0, -1, -1).pitchRad).toBeCloseTo(Math.PI / 4);
    expect(gazeFromVector(-1, 0, -1).yawRad).toBeCloseTo(Math.PI / 4);
  });

  it('turns angles to a unit vector and back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1.5, max: 1.5, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (pitchRad, yawRad) => {
          const { vector } = gazeFromAngles(pitchRad, yawRad);
          expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
          const back = gazeFromVector(...vector);
          expect(back.pitchRad).toBeCloseTo(pitchRad, 9);
          expect(back.yawRad).toBeCloseTo(yawRad, 9);
        },
      ),
    );
  });

  it('measures angles in degrees and refuses what is no direction', () => {
    expect(angularErrorDeg([0, 0, -1], [0, -1, 0])).toBeCloseTo(90);
    expect(() => gazeFromVector(0, 0, 0)).toThrow(RangeError);
    expect(() => gazeFromAngles(Number.NaN, 0)).toThrow(RangeError);
  });
});
