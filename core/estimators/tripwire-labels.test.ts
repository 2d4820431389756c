import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gazeFromAngles } from '../contract/annotation.ts';
import {
  checkTripwireLabels,
  countedPoints,
  gazeDistancesDeg,
  pointDistancesPx,
  type KeypointLabels,
} from './tripwire-labels.ts';

function keypoints(points: number[], visibility: number[]): KeypointLabels {
  return { kind: 'keypoints', points: Float32Array.from(points), visibility: Uint8Array.from(visibility) };
}

describe('tripwire labels', () => {
  it('measures how far gazes are turned, in degrees', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (yawRad) => {
        const [ahead, aside] = [gazeFromAngles(0, 0), gazeFromAngles(0, yawRad)];
        const [angle] = gazeDistancesDeg(Float32Array.from(ahead.vector), Float32Array.from(aside.vector));
        expect(Math.abs(angle - (Math.abs(yawRad) * 180) / Math.PI)).toBeLessThan(0.05);
      }),
    );
  });

  it('measures the root mean square distance of the points that count', () => {
    const left = new Float32Array(8);
    const right = Float32Array.from([3, 4, 0, 5, 100, 100, Number.NaN, 0]);
    expect(pointDistancesPx(left, right, 4, Uint8Array.from([1, 1, 0, 0]))[0]).toBeCloseTo(5, 6);
    expect(pointDistancesPx(left.subarray(0, 4), right.subarray(0, 4), 2, undefined)[0]).toBeCloseTo(5, 6);
    expect(pointDistancesPx(left, right, 4, new Uint8Array(4))[0]).toBeNaN();
  });

  it('counts labelled points inside of the picture', () => {
    const labels = keypoints([0, 0, 9.9, 4.9, 10, 1, 1, -0.1, 2, 2], [2, 1, 2, 2, 0]);
    expect([...countedPoints(labels, { widthPx: 10, heightPx: 5 })]).toEqual([1, 1, 0, 0, 0]);
  });

  it('refuses labels that are missing, broken or of other images', () => {
    expect(() => checkTripwireLabels(keypoints([1, 2, Number.NaN, 0], [2, 0]), 1)).not.toThrow();
    expect(() => checkTripwireLabels(keypoints([1, 2, Number.NaN, 0], [2, 1]), 2)).toThrow(/image 1/);
    expect(() => checkTripwireLabels(keypoints([1, 2, 3, 4], [0, 0]), 2)).toThrow(/no label/);
    expect(() => checkTripwireLabels(keypoints([1, 2], [2, 2]), 2)).toThrow(RangeError);
    expect(() => checkTripwireLabels(keypoints([1, 2, 3, 4, 5, 6], [2, 2, 2]), 2)).toThrow(RangeError);
    expect(() => checkTripwireLabels({ kind: 'gaze', vectors: new Float32Array() }, 0)).toThrow(/no label/);
  });
});
