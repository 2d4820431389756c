import { describe, expect, it } from 'vitest';
import { buildEyeball, limbusPoint, seenPupilPoint } from './eyeball.ts';
import { DEFAULT_EYE_OPTIONS, drawEyeScene } from './eye-scene.ts';

const straight = drawEyeScene(1, 1, {
  ...DEFAULT_EYE_OPTIONS,
  pitchDeg: [0, 0],
  yawDeg: [0, 0],
  headRollDeg: [0, 0],
});

describe('eyeball', () => {
  it('shows the pupil about 13 % larger through the cornea, as optics says of the entrance pupil', () => {
    const eyeball = buildEyeball(straight);
    for (let step = 0; step < 8; step++) {
      const [x, y] = seenPupilPoint(eyeball, (step * Math.PI) / 4);
      const magnification = Math.hypot(x, y) / eyeball.pupilRadius;
      expect(magnification).toBeGreaterThan(1.09);
      expect(magnification).toBeLessThan(1.17);
    }
  });

  it('has a limbus of the iris’s radius on the eyeball’s sphere, from the right clockwise', () => {
    const eyeball = buildEyeball(straight);
    const [right, down] = [limbusPoint(eyeball, 0), limbusPoint(eyeball, Math.PI / 2)];
    for (const point of [right, down]) expect(Math.hypot(...point)).toBeCloseTo(eyeball.radius, 9);
    expect(right[0]).toBeCloseTo(eyeball.irisRadius, 9);
    expect(down[1]).toBeCloseTo(eyeball.irisRadius, 9);
    expect(right[2]).toBeLessThan(0);
  });
});
