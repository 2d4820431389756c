import type { Random } from '../../base/random.ts';
import { clamp, drawFrom } from './simulated-image.ts';
import type { Range } from './simulated-image.ts';

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

/** A person with a skin tone from the range: 0 lightest, 1 darkest. */
export function drawPerson(random: Random, skinToneRange: Range): Person {
  const skinTone = drawFrom(random, skinToneRange);
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
