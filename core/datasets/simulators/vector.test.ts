import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gazeFromAngles } from '../../contract/annotation.ts';
import { multiply, rotationAbout, rotationToward, transform, transpose } from './vector.ts';

const angle = fc.double({ min: -1.4, max: 1.4, noNaN: true });

describe('rotation', () => {
  it('turns what faces the camera to the program’s pitch and yaw', () => {
    fc.assert(
      fc.property(angle, angle, (pitchRad, yawRad) => {
        const turned = transform(rotationToward(pitchRad, yawRad), [0, 0, -1]);
        gazeFromAngles(pitchRad, yawRad).vector.forEach((value, axis) =>
          expect(turned[axis]).toBeCloseTo(value, 12),
        );
      }),
    );
  });

  it('is undone by its transpose', () => {
    fc.assert(
      fc.property(angle, angle, angle, (first, second, third) => {
        const rotation = multiply(rotationAbout([0, 0, 1], first), rotationToward(second, third));
        const identity = multiply(rotation, transpose(rotation));
        identity.forEach((row, place) =>
          row.forEach((value, column) => expect(value).toBeCloseTo(place === column ? 1 : 0, 12)),
        );
      }),
    );
  });
});
