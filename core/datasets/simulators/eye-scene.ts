import { createRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import type { Range } from './simulated-image.ts';
import { clamp, drawFrom, radians } from './simulated-image.ts';
import { multiply, normalize, rotationAbout, rotationToward, transform, transpose } from './vector.ts';
import type { Matrix, Vector } from './vector.ts';
import { gazeFromAngles } from '../../contract/annotation.ts';

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

/** Linear light, not gamma-encoded. */
export type Colour = readonly [red: number, green: number, blue: number];

interface IrisColour {
  readonly name: string;
  readonly outer: Colour;
  readonly inner: Colour;
  readonly weight: number;
}

const IRIS_COLOURS: readonly IrisColour[] = [
  { name: 'dark brown', outer: [0.036, 0.021, 0.014], inner: [0.052, 0.028, 0.016], weight: 3 },
  { name: 'brown', outer: [0.08, 0.042, 0.022], inner: [0.11, 0.056, 0.026], weight: 3 },
  { name: 'hazel', outer: [0.095, 0.075, 0.038], inner: [0.11, 0.056, 0.022], weight: 2 },
  { name: 'green', outer: [0.082, 0.1, 0.064], inner: [0.11, 0.082, 0.036], weight: 1.5 },
  { name: 'blue', outer: [0.085, 0.125, 0.19], inner: [0.14, 0.16, 0.175], weight: 2 },
  { name: 'grey', outer: [0.11, 0.13, 0.145], inner: [0.14, 0.14, 0.13], weight: 1 },
];

const LIGHTEST_SKIN: Colour = [0.78, 0.54, 0.43];
const DARKEST_SKIN: Colour = [0.15, 0.08, 0.052];

/** How far an eye turns in its head before the head turns with it. */
const COMFORTABLE_EYE_ROTATION_DEG = 26;

/** One person's eye. Lengths in mm in the head frame: origin in the eyeball's centre, x right, y down, −z out. */
export interface Person {
  readonly eyeballRadius: number;
  readonly irisRadius: number;
  readonly pupilBaseRadius: number;
  readonly iris: IrisColour;
  readonly irisContrast: number;
  readonly limbusDarkness: number;
  readonly irisOffset: number;
  readonly scleraColour: Colour;
  readonly veinAmount: number;
  readonly innerCornerX: number;
  readonly outerCornerX: number;
  readonly innerCornerY: number;
  readonly outerCornerY: number;
  readonly upperLidHeight: number;
  readonly lowerLidHeight: number;
  readonly upperLidSkew: number;
  readonly lowerLidSkew: number;
  readonly lidRoundness: number;
  readonly creaseHeight: number;
  readonly creaseDepth: number;
  readonly bagDistance: number;
  readonly bagDepth: number;
  readonly browHeight: number;
  readonly browThickness: number;
  readonly browDensity: number;
  readonly browTilt: number;
  readonly noseDistance: number;
  readonly browRidge: number;
  readonly skinColour: Colour;
  readonly skinTone: number;
  readonly skinRoughness: number;
  readonly skinShine: number;
  readonly socketDarkness: number;
  readonly lashLength: number;
  readonly lashCount: number;
  readonly lashDarkness: number;
  readonly lashLineDarkness: number;
  readonly hairColour: Colour;
  readonly textureOffset: number;
}

export interface Light {
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
  readonly hairSeed: Random;
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

  const person = drawPerson(personRandom, options);
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
    hairSeed: createRandom(seed, 'eye', options.population, index, 'hair'),
  };
}

function followGaze(headDeg: number, gazeDeg: number): number {
  return clamp(headDeg, gazeDeg - COMFORTABLE_EYE_ROTATION_DEG, gazeDeg + COMFORTABLE_EYE_ROTATION_DEG);
}

function mixLogarithmic(from: Colour, to: Colour, share: number): Colour {
  const mix = (channel: 0 | 1 | 2): number =>
    Math.exp(Math.log(from[channel]) * (1 - share) + Math.log(to[channel]) * share);
  return [mix(0), mix(1), mix(2)];
}

/** The colour a little off in hue and three times as much in brightness. */
function tint(colour: Colour, random: Random, amount: number): Colour {
  const brightness = random.range(1 - 3 * amount, 1 + 3 * amount);
  return [
    colour[0] * brightness * random.range(1 - amount, 1 + amount),
    colour[1] * brightness * random.range(1 - amount, 1 + amount),
    colour[2] * brightness * random.range(1 - amount, 1 + amount),
  ];
}

function drawIrisColour(random: Random, skinTone: number): IrisColour {
  // Light eyes in dark skin are rare.
  const weights = IRIS_COLOURS.map(({ weight }, place) =>
    place < 2 ? weight : weight * (1 - skinTone) ** 2,
  );
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const place = weights.findIndex((weight) => (left -= weight) < 0);
  return IRIS_COLOURS[Math.max(0, place)];
}

function drawPerson(random: Random, options: EyeOptions): Person {
  const skinTone = drawFrom(random, options.skinTone);
  const darkHair = clamp(skinTone + random.range(-0.2, 0.8), 0, 1);
  const whiteness = random.range(0.4, 0.62);
  const iris = drawIrisColour(random, skinTone);
  return {
    eyeballRadius: random.range(11.7, 12.4),
    irisRadius: random.range(5.7, 6.2),
    pupilBaseRadius: random.range(1.7, 2.4),
    iris: { ...iris, outer: tint(iris.outer, random, 0.07), inner: tint(iris.inner, random, 0.07) },
    irisContrast: random.range(0.35, 0.9),
    limbusDarkness: random.range(0.35, 0.8),
    irisOffset: random.range(0, 100),
    scleraColour: [whiteness, whiteness * random.range(0.88, 0.97), whiteness * random.range(0.82, 0.96)],
    veinAmount: random.range(0.05, 0.5),
    innerCornerX: random.range(-15, -13.6),
    outerCornerX: random.range(12.4, 13.8),
    innerCornerY: random.range(1, 2.6),
    outerCornerY: random.range(-1.2, 1.2),
    upperLidHeight: random.range(3.6, 5),
    lowerLidHeight: random.range(4.9, 5.9),
    upperLidSkew: random.range(0.8, 1.1),
    lowerLidSkew: random.range(1, 1.35),
    lidRoundness: random.range(1.9, 2.5),
    creaseHeight: random.range(1.4, 4.2),
    creaseDepth: random.range(0.15, 1),
    bagDistance: random.range(3.5, 7),
    bagDepth: random.range(0, 0.5),
    browHeight: random.range(14.5, 20),
    browThickness: random.range(1.8, 3.2),
    browDensity: random.range(0.35, 0.9),
    browTilt: random.range(-0.02, 0.16),
    noseDistance: random.range(18, 21),
    browRidge: random.range(1, 4.5),
    skinColour: tint(mixLogarithmic(LIGHTEST_SKIN, DARKEST_SKIN, skinTone), random, 0.06),
    skinTone,
    skinRoughness: random.range(0.35, 1),
    skinShine: random.range(0.01, 0.06),
    socketDarkness: random.range(0.1, 0.55),
    lashLength: random.range(2.2, 5.5),
    lashCount: 30 + random.integer(50),
    lashDarkness: random.range(0.4, 0.95),
    lashLineDarkness: random.range(0.4, 0.9),
    hairColour: mixLogarithmic([0.16, 0.1, 0.055], [0.008, 0.006, 0.005], darkHair),
    textureOffset: random.range(0, 100),
  };
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
