import { describe, expect, it } from 'vitest';
import { gazeFromAngles } from '../../contract/annotation.ts';
import { EYE_34 } from '../../contract/keypoint-layouts.ts';
import { photograph } from './camera.ts';
import { simulateEye } from './eye.ts';
import {
  correlation,
  darkestBlob,
  gazeOf,
  keypointsOf,
  median,
  sampleGrey,
} from './picture-measures.fixture.ts';
import type { SimulatedImage } from './simulated-image.ts';

const eyes = (count: number, seed: number, options = {}): SimulatedImage[] =>
  Array.from({ length: count }, (_, index) => simulateEye(seed, index, options));

const point = (name: string): number => EYE_34.names.indexOf(name);

/** Where along the ray through `at` from the centre the picture gets brighter fastest, as a share of the radius. */
function edgeShare(
  image: SimulatedImage,
  centre: { x: number; y: number },
  at: { x: number; y: number },
): number {
  let best = 0;
  let steepest = -Infinity;
  for (let share = 0.75; share <= 1.25; share += 0.01) {
    const grey = (part: number): number =>
      sampleGrey(image, centre.x + (at.x - centre.x) * part, centre.y + (at.y - centre.y) * part);
    const rise = grey(share + 0.04) - grey(share - 0.04);
    if (rise > steepest) [steepest, best] = [rise, share];
  }
  return best;
}

const lefts = eyes(160, 11);
/** The eyeball in the picture's middle, so that only the gaze moves the pupil. */
const centred = eyes(160, 11, { shiftMm: [0, 0] });
const rights = eyes(80, 11, { side: 'right', shiftMm: [0, 0] });
/** Large enough to measure edges to a fraction of a millimetre. */
const large = eyes(36, 21, { widthPx: 220, heightPx: 140, supersampling: 2 });

function pupilCorrelations(
  images: readonly SimulatedImage[],
): Record<'xOverYaw' | 'yOverPitch' | 'crossed', number> {
  const blobs = images.map(darkestBlob);
  const x = blobs.map((blob) => blob.x);
  const y = blobs.map((blob) => blob.y);
  const yaw = images.map((image) => gazeOf(image).yawRad);
  const pitch = images.map((image) => gazeOf(image).pitchRad);
  return {
    xOverYaw: correlation(x, yaw),
    yOverPitch: correlation(y, pitch),
    crossed: Math.max(Math.abs(correlation(x, pitch)), Math.abs(correlation(y, yaw))),
  };
}

describe('simulateEye', () => {
  it('gives the same bytes for a seed and index, whatever came before, and others for another', () => {
    const first = simulateEye(5, 3);
    simulateEye(5, 4, { channels: 3 });
    expect(simulateEye(5, 3)).toEqual(first);
    expect(simulateEye(5, 4).pixels).not.toEqual(first.pixels);
    expect(simulateEye(6, 3).pixels).not.toEqual(first.pixels);
  });

  it('makes 55×35 grey by default, any size and colour on request', () => {
    const small = simulateEye(1, 0);
    expect([small.widthPx, small.heightPx, small.channels, small.bitDepth]).toEqual([55, 35, 1, 8]);
    expect(small.pixels).toHaveLength(55 * 35);
    const large = simulateEye(1, 0, { widthPx: 120, heightPx: 80, channels: 3 });
    expect(large.pixels).toHaveLength(120 * 80 * 3);
    expect(() => simulateEye(1, 0, { widthPx: 0 })).toThrow(RangeError);
  });

  it('moves the pupil to the left of the image for yaw > 0 and up for pitch > 0', () => {
    for (const images of [centred, rights]) {
      const { xOverYaw, yOverPitch, crossed } = pupilCorrelations(images);
      expect(xOverYaw).toBeLessThan(-0.9);
      expect(yOverPitch).toBeLessThan(-0.9);
      expect(crossed).toBeLessThan(0.3);
    }
  });

  it('keeps that true through the camera', () => {
    const photos = centred.map((image, index) => photograph(image, 11, index));
    const { xOverYaw, yOverPitch, crossed } = pupilCorrelations(photos);
    expect(xOverYaw).toBeLessThan(-0.75);
    expect(yOverPitch).toBeLessThan(-0.7);
    expect(crossed).toBeLessThan(0.3);
  });

  it('draws the gaze evenly from the range that was asked for', () => {
    const gazes = eyes(100, 2, { pitchDeg: [-20, 10], yawDeg: [5, 15] }).map(gazeOf);
    const degrees = (radians: number): number => (radians * 180) / Math.PI;
    for (const { pitchRad, yawRad, vector } of gazes) {
      expect(degrees(pitchRad)).toBeGreaterThanOrEqual(-20.0001);
      expect(degrees(pitchRad)).toBeLessThanOrEqual(10.0001);
      expect(degrees(yawRad)).toBeGreaterThanOrEqual(4.9999);
      expect(degrees(yawRad)).toBeLessThanOrEqual(15.0001);
      gazeFromAngles(pitchRad, yawRad).vector.forEach((value, axis) =>
        expect(vector[axis]).toBeCloseTo(value, 9),
      );
    }
    const mean = gazes.reduce((sum, { pitchRad }) => sum + degrees(pitchRad), 0) / gazes.length;
    expect(Math.abs(mean + 5)).toBeLessThan(2.6);
  });

  it('puts the contours of iris and pupil on edges from dark to light, to a twentieth of their radius', () => {
    const shares = (contour: 'iris' | 'pupil'): number[] =>
      large.flatMap((image) => {
        const points = keypointsOf(image).points;
        const centre = points[point(`${contour}-centre`)];
        return Array.from({ length: 8 }, (_, step) => points[point(`${contour}-${step}`)])
          .filter(({ visibility }) => visibility === 2)
          .map((at) => edgeShare(image, centre, at));
      });
    const iris = shares('iris');
    const pupil = shares('pupil');
    expect(iris.length).toBeGreaterThan(100);
    expect(pupil.length).toBeGreaterThan(150);
    expect(Math.abs(median(iris) - 1)).toBeLessThan(0.05);
    expect(Math.abs(median(pupil) - 1)).toBeLessThan(0.05);
    const spread = (values: readonly number[]): number =>
      median(values.map((value) => Math.abs(value - median(values))));
    expect(spread(iris)).toBeLessThan(0.05);
    expect(spread(pupil)).toBeLessThan(0.05);
  });

  it('has a pupil centre that is darker than the iris around it', () => {
    const images = large.filter((image) => keypointsOf(image).points[0].visibility === 2);
    const darker = images.filter((image) => {
      const { points } = keypointsOf(image);
      const centre = points[0];
      const around = Array.from({ length: 8 }, (_, step) => points[point(`iris-${step}`)])
        .filter(({ visibility }) => visibility === 2)
        .map((at) =>
          sampleGrey(image, centre.x + (at.x - centre.x) * 0.7, centre.y + (at.y - centre.y) * 0.7),
        );
      return sampleGrey(image, centre.x, centre.y) < median(around);
    });
    expect(images.length).toBeGreaterThan(25);
    // The rest has a light reflected there.
    expect(darker.length / images.length).toBeGreaterThan(0.8);
  });

  it('puts the lids around the opening: skin above and below, and the names in their order', () => {
    for (const images of [lefts, rights]) {
      for (const image of images) {
        const { points } = keypointsOf(image);
        const left = points[point('corner-left')];
        const right = points[point('corner-right')];
        expect(left.x).toBeLessThan(right.x);
        for (let step = 0; step < 7; step++) {
          const upper = points[point(`lid-upper-${step}`)];
          const lower = points[point(`lid-lower-${step}`)];
          expect(upper.y).toBeLessThan(lower.y);
          if (step > 0) expect(upper.x).toBeGreaterThan(points[point(`lid-upper-${step - 1}`)].x);
        }
        // Contours start at the image's right and go clockwise.
        const centre = points[point('iris-centre')];
        expect(points[point('iris-0')].x).toBeGreaterThan(centre.x);
        expect(points[point('iris-2')].y).toBeGreaterThan(centre.y);
      }
    }
    const lidContrast = large.map((image) => {
      const lid = keypointsOf(image).points[point('lid-upper-3')];
      return sampleGrey(image, lid.x, lid.y - 12) - sampleGrey(image, lid.x, lid.y - 2);
    });
    // The roots of the lashes are darker than the skin above them.
    expect(median(lidContrast)).toBeGreaterThan(5);
  });

  it('hides iris points behind the lids', () => {
    const seen = (name: string): number =>
      lefts.filter((image) => keypointsOf(image).points[point(name)].visibility === 2).length / lefts.length;
    expect(seen('iris-6')).toBeLessThan(0.25);
    expect(seen('iris-centre')).toBeGreaterThan(0.85);
  });

  it('draws other people from another population, with labels of the same distribution', () => {
    const people = eyes(160, 11, { population: 'camera', people: 15 });
    const mean = (images: readonly SimulatedImage[]): number =>
      images.reduce((sum, image) => sum + gazeOf(image).yawRad, 0) / images.length;
    expect(Math.abs(mean(lefts) - mean(people))).toBeLessThan(0.09);
    expect(people[0].pixels).not.toEqual(lefts[0].pixels);
    const names = new Set(people.map(({ parameters }) => parameters.person));
    expect(names.size).toBe(15);
    const tones = new Set(people.map(({ parameters }) => `${parameters.person}: ${parameters.skinTone}`));
    expect(tones.size).toBe(15);
  });
});
