import { createRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import { gazeFromAngles } from '../../contract/annotation.ts';
import { drawPerson } from './eye-person.ts';
import type { Colour, Person } from './eye-person.ts';
import type { Range } from './simulated-image.ts';
import { clamp, drawFrom, radians } from './simulated-image.ts';
import { multiply, normalize, rotationAbout, rotationToward, transform, transpose } from './vector.ts';
import type { Matrix, Vector } from './vector.ts';

export interface EyeOptions {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 3;
  /** Gaze in the camera frame, uniform: the labels. Positive is up. */
  readonly pitchDeg: Range;
  /** Positive is toward the left edge of the image. */
  readonly yawDeg: Range;
  /** Head pose follows the gaze where the eye could not turn far enough in the head. */
  readonly headPitchDeg: Range;
  readonly headYawDeg: Range;
  readonly headRollDeg: Range;
  /** How much of the face one image shows from left to right. */
  readonly viewWidthMm: Range;
  /** Offset of the eyeball's centre from the image's centre, in x and in y. */
  readonly shiftMm: Range;
  /** Which eye of the person: the left one has its inner corner at the left of the image. */
  readonly side: 'left' | 'right' | 'both';
  /** Name of the people that are drawn from: another name, other people, labels of the same distribution. */
  readonly population: string;
  /** How many people there are; 0: everybody comes once. */
  readonly people: number;
  /** 0 lightest, 1 darkest. */
  readonly skinTone: Range;
  /** Factor on how far the lids are open. */
  readonly lidOpening: Range;
  /** Samples per pixel and axis in and around the eye's opening. */
  readonly supersampling: number;
}

export const DEFAULT_EYE_OPTIONS: EyeOptions = {
  widthPx: 55,
  heightPx: 35,
  channels: 1,
  pitchDeg: [-25, 15],
  yawDeg: [-25, 25],
  headPitchDeg: [-10, 10],
  headYawDeg: [-15, 15],
  headRollDeg: [-6, 6],
  viewWidthMm: [34.5, 39],
  shiftMm: [-1, 1],
  side: 'left',
  population: 'renders',
  people: 0,
  skinTone: [0, 0.9],
  lidOpening: [0.78, 1.1],
  supersampling: 3,
};

/** How far an eye turns in its head before the head turns with it. */
const COMFORTABLE_EYE_ROTATION_DEG = 26;

interface Light {
  /** Unit vector toward the light, in the canonical frame. */
  readonly direction: Vector;
  readonly colour: Colour;
  /** Sharpness of its reflection: a small light is a bright dot, a window a soft patch. */
  readonly glintExponent: number;
  readonly glintStrength: number;
}

/**
 * All that one picture shows. The canonical frame is the camera frame without head roll and with the inner corner at
 * the left, its origin in the eyeball's centre; `toImage` turns canonical directions to the image's.
 */
export interface EyeScene {
  readonly person: Person;
  readonly personName: string;
  readonly side: 'left' | 'right';
  readonly toImage: Matrix;
  readonly toCanonical: Matrix;
  readonly head: Matrix;
  readonly headPitchRad: number;
  readonly headYawRad: number;
  readonly headRollRad: number;
  readonly gazeImage: Vector;
  readonly gaze: Vector;
  /** Gaze relative to the head, for the lids. */
  readonly eyePitchRad: number;
  readonly eyeYawRad: number;
  readonly pupilRadius: number;
  readonly lidOpening: number;
  readonly lights: readonly Light[];
  readonly ambientUpper: Colour;
  readonly ambientLower: Colour;
  /** How much the upper lid and its lashes darken the eyeball below, 0–1. */
  readonly lidShadow: number;
  readonly exposureTarget: number;
  readonly pxPerMm: number;
  readonly centreXPx: number;
  readonly centreYPx: number;
  /** Draws the iris's fibres: the person's own. */
  readonly irisRandom: Random;
  /** Draws the lashes. */
  readonly lashRandom: Random;
}

/**
 * Draws the scene of one image. Labels, people and light come from independent streams. Another population draws its
 * own labels from the same distribution, so that no two images of two populations are a pair.
 */
export function drawEyeScene(seed: number, index: number, options: EyeOptions): EyeScene {
  const labels = createRandom(seed, 'eye', options.population, index, 'labels');
  const personName =
    options.people > 0
      ? `${options.population}-${createRandom(seed, 'eye', options.population, index, 'who').integer(options.people)}`
      : `${options.population}-i${index}`;
  const personRandom = createRandom(seed, 'eye', personName, 'person');
  const random = createRandom(seed, 'eye', options.population, index, 'scene');

  const pitchDeg = drawFrom(labels, options.pitchDeg);
  const yawDeg = drawFrom(labels, options.yawDeg);
  const headPitchDeg = followGaze(drawFrom(labels, options.headPitchDeg), pitchDeg);
  const headYawDeg = followGaze(drawFrom(labels, options.headYawDeg), yawDeg);
  const headRollRad = radians(drawFrom(labels, options.headRollDeg));
  const side = options.side === 'both' ? (labels.uniform() < 0.5 ? 'left' : 'right') : options.side;
  const shiftX = drawFrom(labels, options.shiftMm);
  const shiftY = drawFrom(labels, options.shiftMm);
  const pxPerMm = options.widthPx / drawFrom(labels, options.viewWidthMm);

  const mirror: Matrix = [
    [side === 'left' ? 1 : -1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const toImage = multiply(rotationAbout([0, 0, 1], headRollRad), mirror);
  const toCanonical = transpose(toImage);
  const gazeImage = gazeFromAngles(radians(pitchDeg), radians(yawDeg)).vector;
  const gaze = transform(toCanonical, gazeImage);
  const headYawRad = radians(side === 'left' ? headYawDeg : -headYawDeg);
  const head = rotationToward(radians(headPitchDeg), headYawRad);
  const gazeInHead = transform(transpose(head), gaze);

  const person = drawPerson(personRandom, options.skinTone);
  const brightness = random.uniform();
  return {
    person,
    personName,
    side,
    toImage,
    toCanonical,
    head,
    headPitchRad: radians(headPitchDeg),
    headYawRad: radians(headYawDeg),
    headRollRad,
    gazeImage,
    gaze,
    eyePitchRad: Math.asin(-gazeInHead[1]),
    eyeYawRad: Math.atan2(-gazeInHead[0], -gazeInHead[2]),
    pupilRadius: clamp(person.pupilBaseRadius + 1.1 * (0.5 - brightness), 1, 3.4),
    lidOpening: drawFrom(random, options.lidOpening),
    ...drawLights(random, brightness),
    lidShadow: random.range(0.15, 0.7),
    exposureTarget: random.range(0.1, 0.34),
    pxPerMm,
    centreXPx: options.widthPx / 2 + shiftX * pxPerMm,
    centreYPx: options.heightPx / 2 + shiftY * pxPerMm,
    irisRandom: createRandom(seed, 'eye', personName, 'iris'),
    lashRandom: createRandom(seed, 'eye', options.population, index, 'lashes'),
  };
}

function followGaze(headDeg: number, gazeDeg: number): number {
  return clamp(headDeg, gazeDeg - COMFORTABLE_EYE_ROTATION_DEG, gazeDeg + COMFORTABLE_EYE_ROTATION_DEG);
}

function drawLights(
  random: Random,
  brightness: number,
): Pick<EyeScene, 'lights' | 'ambientUpper' | 'ambientLower'> {
  const warmth = random.range(-0.12, 0.12);
  const colour = (strength: number): Colour => [
    strength * (1 + warmth),
    strength,
    strength * (1 - 1.3 * warmth),
  ];
  const count = 1 + random.integer(3);
  const lights: Light[] = [];
  for (let place = 0; place < count; place++) {
    const sideways = random.range(-1.3, 1.3);
    const upward = place === 0 ? random.range(-0.2, 1.1) : random.range(-0.6, 1);
    const small = random.uniform() < 0.6;
    lights.push({
      direction: normalize([Math.sin(sideways), -Math.sin(upward), -0.45 - Math.cos(sideways)]),
      colour: colour(place === 0 ? random.range(0.5, 1.2) : random.range(0.1, 0.5)),
      glintExponent: small ? random.range(500, 1500) : random.range(60, 250),
      glintStrength: small ? random.range(1, 4) : random.range(0.25, 1),
    });
  }
  const ambient = random.range(0.12, 0.5) * (0.6 + 0.8 * brightness);
  return {
    lights,
    ambientUpper: colour(ambient),
    ambientLower: [
      ambient * random.range(0.5, 0.9),
      ambient * random.range(0.45, 0.8),
      ambient * random.range(0.4, 0.75),
    ],
  };
}

/** Where a point of the canonical picture plane lies in the image, pixels. */
export function toPixel(scene: EyeScene, x: number, y: number): readonly [x: number, y: number] {
  const { toImage, pxPerMm, centreXPx, centreYPx } = scene;
  return [
    centreXPx + (toImage[0][0] * x + toImage[0][1] * y) * pxPerMm,
    centreYPx + (toImage[1][0] * x + toImage[1][1] * y) * pxPerMm,
  ];
}
