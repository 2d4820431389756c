import { describe, expect, it } from 'vitest';
import { HAND_21 } from '../../contract/keypoint-layouts.ts';
import { simulateHand } from './hand.ts';
import { keypointsOf } from './picture-measures.fixture.ts';
import type { SimulatedImage } from './simulated-image.ts';

const hands = (count: number, seed: number, options = {}): SimulatedImage[] =>
  Array.from({ length: count }, (_, index) => simulateHand(seed, index, options));

const joint = (name: string): number => HAND_21.names.indexOf(name);

const number = (image: SimulatedImage, name: string): number => Number(image.parameters[name]);

/** Joints in mm of the camera frame, from the labels and the noted camera. */
function jointsMm(image: SimulatedImage): [number, number, number][] {
  return keypointsOf(image).points.map(({ x, y, zMm = 0 }) => [
    ((x - number(image, 'centreXPx')) * zMm) / number(image, 'focalPx'),
    ((y - number(image, 'centreYPx')) * zMm) / number(image, 'focalPx'),
    zMm,
  ]);
}

const distance = (left: readonly number[], right: readonly number[]): number =>
  Math.hypot(left[0] - right[0], left[1] - right[1], left[2] - right[2]);

describe('simulateHand', () => {
  it('gives the same bytes for a seed and index, whatever came before', () => {
    const first = simulateHand(5, 3);
    simulateHand(5, 4);
    expect(simulateHand(5, 3)).toEqual(first);
    expect(simulateHand(5, 4).pixels).not.toEqual(first.pixels);
  });

  it('has 21 joints inside the flesh, just behind its surface where they are visible', () => {
    let visible = 0;
    let all = 0;
    for (const image of hands(60, 7)) {
      const { points } = keypointsOf(image);
      expect(points).toHaveLength(21);
      for (const { x, y, zMm = 0, visibility } of points) {
        const surfaceMm = image.pixels[Math.floor(y) * image.widthPx + Math.floor(x)];
        expect(surfaceMm).toBeGreaterThan(0);
        // Rounded to mm; the pixel's centre is not the joint.
        expect(zMm - surfaceMm).toBeGreaterThan(-2);
        if (visibility === 2) expect(zMm - surfaceMm).toBeLessThan(32);
        visible += visibility === 2 ? 1 : 0;
        all++;
      }
    }
    expect(visible / all).toBeGreaterThan(0.6);
    expect(visible / all).toBeLessThan(0.97);
  });

  it('has bones of human length, the same for one person in any pose', () => {
    const images = hands(60, 8, { people: 3 });
    const lengths = new Map<string, number[]>();
    for (const image of images) {
      const joints = jointsMm(image);
      const bones = HAND_21.bones.map(([from, to]) => distance(joints[from], joints[to]));
      const person = String(image.parameters.person);
      const known = lengths.get(person) ?? bones;
      bones.forEach((bone, place) => expect(bone).toBeCloseTo(known[place], 6));
      lengths.set(person, known);
      const middle = ['middle-1', 'middle-2', 'middle-3', 'middle-4'].map(joint);
      const straight = [0, ...middle.slice(0, 3)].reduce(
        (sum, from, place) => sum + distance(joints[from], joints[middle[place]]),
        0,
      );
      expect(Math.abs(straight / number(image, 'handLengthMm') - 1)).toBeLessThan(0.08);
    }
    expect(lengths.size).toBe(3);
  });

  it('is a right hand: the thumb at the right of a palm with the fingers up, bent fingers toward the palm', () => {
    const upright = { tiltDeg: [0, 0] as const, rollDeg: [0, 0] as const };
    for (const backShare of [0, 1]) {
      const sign = backShare === 0 ? 1 : -1;
      for (const image of hands(20, 9, { ...upright, backShare })) {
        const joints = jointsMm(image);
        expect(sign * (joints[joint('index-1')][0] - joints[joint('little-1')][0])).toBeGreaterThan(20);
        expect(sign * (joints[joint('thumb-2')][0] - joints[joint('little-1')][0])).toBeGreaterThan(20);
        if (image.parameters.pose !== 'fist') continue;
        const nearer = joints[joint('middle-1')][2] - joints[joint('middle-2')][2];
        expect(sign * nearer).toBeGreaterThan(10);
      }
    }
  });

  it('fills the picture at any size, at the distance that was asked for', () => {
    for (const sizePx of [96, 224]) {
      for (const image of hands(8, 10, { widthPx: sizePx, heightPx: sizePx, distanceMm: [600, 600] })) {
        let top = sizePx;
        const depths: number[] = [];
        image.pixels.forEach((depthMm, place) => {
          if (depthMm === 0) return;
          depths.push(depthMm);
          top = Math.min(top, Math.floor(place / sizePx));
        });
        expect(top).toBeLessThan(sizePx * 0.45);
        expect(Math.min(...depths)).toBeGreaterThan(350);
        expect(Math.max(...depths)).toBeLessThan(850);
        expect(depths.length / sizePx ** 2).toBeGreaterThan(0.08);
        expect(keypointsOf(image).points[0].zMm).toBeCloseTo(600, 6);
      }
    }
  });
});
