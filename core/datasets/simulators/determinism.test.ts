import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { photograph } from './camera.ts';
import { senseDepth } from './depth-sensor.ts';
import { simulateEye } from './eye.ts';
import { simulateHand } from './hand.ts';
import type { SimulatedImage } from './simulated-image.ts';

const digest = (images: readonly SimulatedImage[]): string => {
  const hash = createHash('sha256');
  for (const { pixels } of images)
    hash.update(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength));
  return hash.digest('hex').slice(0, 16);
};

/**
 * The same bytes on every platform. Whoever changes what the simulators draw changes these on purpose, and says so:
 * a dataset is made again from its seed.
 */
describe('simulators', () => {
  it('draw what they always drew for a seed', () => {
    const indices = [0, 1, 2, 3];
    const eyes = indices.map((index) => simulateEye(1, index));
    const hands = indices.map((index) => simulateHand(1, index));
    expect({
      eyes: digest(eyes),
      photos: digest(eyes.map((eye, index) => photograph(eye, 1, index))),
      hands: digest(hands),
      sensed: digest(hands.map((hand, index) => senseDepth(hand, 1, index))),
    }).toEqual({
      eyes: 'a798bbeddfc90d42',
      photos: 'c1a2cb3aad69b059',
      hands: '034f2cee29e7fd31',
      sensed: 'fa0da7afa82f85c8',
    });
  });

  it('refuse options that are no range', () => {
    expect(() => simulateEye(1, 0, { yawDeg: [10, -10] })).toThrow('yawDeg');
    expect(() => simulateHand(1, 0, { distanceMm: [NaN, 500] })).toThrow('distanceMm');
  });
});
