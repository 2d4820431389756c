import type { Random } from '../../base/random.ts';
import type { EyeScene } from './eye-scene.ts';
import { lidAt } from './eye-lids.ts';
import type { Lids } from './eye-lids.ts';
import { valueNoise } from './noise.ts';
import { clamp, smoothStep } from './simulated-image.ts';
import { add, cross, dot, normalize, scale, subtract, transform } from './vector.ts';
import type { Vector } from './vector.ts';

/** Le Grand's schematic eye, rounded: radius of the cornea, mm, and the index of the aqueous humour behind it. */
const CORNEA_RADIUS_MM = 7.8;
const REFRACTIVE_INDEX = 1.336;
/** The iris lies a little behind the plane of the limbus. */
const IRIS_RECESS_MM = 0.35;

/** Two spheres and a disc: what follows from the person and the gaze. Canonical frame, mm. */
export interface Eyeball {
  readonly radius: number;
  readonly gaze: Vector;
  readonly corneaCentre: Vector;
  /** Distances along the gaze from the eyeball's centre. */
  readonly limbusDepth: number;
  readonly irisDepth: number;
  readonly irisRadius: number;
  readonly pupilRadius: number;
  /** Axes of the iris disc that show as the image's right and down, so that contours start where their names say. */
  readonly rightward: Vector;
  readonly downward: Vector;
}

export function buildEyeball(scene: EyeScene): Eyeball {
  const { person, gaze, toCanonical } = scene;
  const limbusDepth = Math.sqrt(person.eyeballRadius ** 2 - person.irisRadius ** 2);
  const corneaDepth = limbusDepth - Math.sqrt(CORNEA_RADIUS_MM ** 2 - person.irisRadius ** 2);
  const imageRight = transform(toCanonical, [1, 0, 0]);
  const rightward = normalize(subtract(imageRight, scale(gaze, dot(imageRight, gaze))));
  const perpendicular = cross(rightward, gaze);
  const points = dot(perpendicular, transform(toCanonical, [0, 1, 0])) > 0 ? 1 : -1;
  return {
    radius: person.eyeballRadius,
    gaze,
    corneaCentre: scale(gaze, corneaDepth),
    limbusDepth,
    irisDepth: limbusDepth - IRIS_RECESS_MM,
    irisRadius: person.irisRadius,
    pupilRadius: scene.pupilRadius,
    rightward,
    downward: scale(perpendicular, points),
  };
}

/** Point of the limbus, where the cornea meets the white: angle 0 at the image's right, clockwise. */
export function limbusPoint(eyeball: Eyeball, angleRad: number): Vector {
  return discPoint(eyeball, eyeball.limbusDepth, eyeball.irisRadius, angleRad);
}

/** Where a point of the pupil's edge is seen, through the cornea: x and y in mm of the picture plane. */
export function seenPupilPoint(eyeball: Eyeball, angleRad: number): readonly [number, number] {
  const target = discPoint(eyeball, eyeball.irisDepth, eyeball.pupilRadius, angleRad);
  let x = target[0];
  let y = target[1];
  // The cornea shifts and enlarges by some tenths of a millimetre and smoothly, so the plain correction converges.
  for (let round = 0; round < 12; round++) {
    const hit = throughCornea(eyeball, x, y);
    if (!hit) break;
    x += target[0] - hit[0];
    y += target[1] - hit[1];
  }
  return [x, y];
}

function discPoint(eyeball: Eyeball, depth: number, radius: number, angleRad: number): Vector {
  const across = scale(eyeball.rightward, radius * Math.cos(angleRad));
  const down = scale(eyeball.downward, radius * Math.sin(angleRad));
  return add(scale(eyeball.gaze, depth), add(across, down));
}

/** Point of the iris's plane that is seen at (x, y); undefined where the ray misses the cornea. */
function throughCornea(eyeball: Eyeball, x: number, y: number): Vector | undefined {
  const { corneaCentre, gaze, irisDepth } = eyeball;
  const offX = x - corneaCentre[0];
  const offY = y - corneaCentre[1];
  const under = CORNEA_RADIUS_MM ** 2 - offX * offX - offY * offY;
  if (under <= 0) return undefined;
  const offZ = -Math.sqrt(under);
  const surface: Vector = [x, y, corneaCentre[2] + offZ];
  const direction = refracted(offX / CORNEA_RADIUS_MM, offY / CORNEA_RADIUS_MM, offZ / CORNEA_RADIUS_MM);
  const along = (irisDepth - dot(surface, gaze)) / dot(direction, gaze);
  return add(surface, scale(direction, along));
}

/** Snell's law for a ray along +z into a surface with this outward unit normal. */
function refracted(normalX: number, normalY: number, normalZ: number): Vector {
  const ratio = 1 / REFRACTIVE_INDEX;
  const cosine = -normalZ;
  const bend = ratio * cosine - Math.sqrt(1 - ratio * ratio * (1 - cosine * cosine));
  return [bend * normalX, bend * normalY, ratio + bend * normalZ];
}

/** Depth of the cornea over the limbus within which the white shows through, mm along the gaze. */
const LIMBUS_BLEND_MM = 0.5;

const FIBRE_COLUMNS = 96;
const FIBRE_ROWS = 6;

/** Brightness of the iris over angle and radius: fibres run outward and change slowly along their way. */
function drawFibres(random: Random): Float32Array {
  const fibres = new Float32Array(FIBRE_COLUMNS * FIBRE_ROWS);
  for (let column = 0; column < FIBRE_COLUMNS; column++) {
    const own = random.uniform();
    for (let row = 0; row < FIBRE_ROWS; row++) {
      fibres[row * FIBRE_COLUMNS + column] = 0.6 * own + 0.4 * random.uniform();
    }
  }
  return fibres;
}

function fibreAt(fibres: Float32Array, turn: number, depth: number): number {
  const column = (turn - Math.floor(turn)) * FIBRE_COLUMNS;
  const row = clamp(depth, 0, 0.999) * (FIBRE_ROWS - 1);
  const left = Math.floor(column) % FIBRE_COLUMNS;
  const right = (left + 1) % FIBRE_COLUMNS;
  const top = Math.floor(row) * FIBRE_COLUMNS;
  const blendX = column - Math.floor(column);
  const blendY = row - Math.floor(row);
  const upper = fibres[top + left] + (fibres[top + right] - fibres[top + left]) * blendX;
  const below = top + FIBRE_COLUMNS;
  const lower = fibres[below + left] + (fibres[below + right] - fibres[below + left]) * blendX;
  return upper + (lower - upper) * blendY;
}

/** Writes the linear light seen at (x, y) mm of the canonical picture plane, which lies in the eye's opening. */
export type Shader = (x: number, y: number, light: Float64Array) => void;

/**
 * The eyeball ray by ray, seen along z (weak perspective): sphere and cornea, the ray bent by the cornea to the iris,
 * light on each, reflections of the lights, and the shade of the lids.
 */
export function createEyeballShader(scene: EyeScene, eyeball: Eyeball, lids: Lids): Shader {
  const { person, lights, ambientUpper, ambientLower } = scene;
  const { radius, gaze, corneaCentre, limbusDepth, irisDepth, irisRadius, pupilRadius } = eyeball;
  const { rightward, downward } = eyeball;
  const [gazeX, gazeY, gazeZ] = gaze;
  const white = new Float64Array(3);
  const fibres = drawFibres(scene.irisRandom);
  const [outer, inner] = [person.iris.outer, person.iris.inner];
  const lightOnIris = irradiance(gazeX, gazeY, gazeZ);
  const collaretteRadius = pupilRadius + (irisRadius - pupilRadius) * 0.35;

  function irradiance(normalX: number, normalY: number, normalZ: number): [number, number, number] {
    const up = 0.5 - 0.5 * normalY;
    let red = ambientLower[0] + (ambientUpper[0] - ambientLower[0]) * up;
    let green = ambientLower[1] + (ambientUpper[1] - ambientLower[1]) * up;
    let blue = ambientLower[2] + (ambientUpper[2] - ambientLower[2]) * up;
    for (const { direction, colour } of lights) {
      const cosine = normalX * direction[0] + normalY * direction[1] + normalZ * direction[2];
      const lit = (cosine + 0.25) / 1.25;
      if (lit <= 0) continue;
      red += colour[0] * lit;
      green += colour[1] * lit;
      blue += colour[2] * lit;
    }
    return [red, green, blue];
  }

  function shadeIris(
    x: number,
    y: number,
    offX: number,
    offY: number,
    offZ: number,
    out: Float64Array,
  ): void {
    const bent = refracted(offX / CORNEA_RADIUS_MM, offY / CORNEA_RADIUS_MM, offZ / CORNEA_RADIUS_MM);
    const z = corneaCentre[2] + offZ;
    const height = x * gazeX + y * gazeY + z * gazeZ;
    const along = (irisDepth - height) / (bent[0] * gazeX + bent[1] * gazeY + bent[2] * gazeZ);
    const hitX = x + bent[0] * along;
    const hitY = y + bent[1] * along;
    const hitZ = z + bent[2] * along;
    const across = hitX * rightward[0] + hitY * rightward[1] + hitZ * rightward[2];
    const down = hitX * downward[0] + hitY * downward[1] + hitZ * downward[2];
    const distance = Math.sqrt(across * across + down * down);
    if (distance < pupilRadius) {
      out[0] = out[1] = out[2] = 0.004;
      return;
    }
    const turn = Math.atan2(down, across) / (2 * Math.PI) + person.irisOffset;
    const share = clamp((distance - pupilRadius) / (irisRadius - pupilRadius), 0, 1);
    const fibre = fibreAt(fibres, turn, share);
    const innerShare = smoothStep(collaretteRadius + 0.8, collaretteRadius - 0.5, distance);
    const ring = 1 + 0.3 * Math.exp(-(((distance - collaretteRadius) / 0.35) ** 2));
    const limbus = 1 - person.limbusDarkness * smoothStep(irisRadius - 1.5, irisRadius - 0.1, distance);
    const edge = smoothStep(pupilRadius - 0.12, pupilRadius + 0.12, distance);
    const texture = (1 + person.irisContrast * (fibre - 0.5) * 1.6) * ring * limbus * edge;
    // Light that enters on one side gathers on the other.
    let gathered = 1;
    for (const { direction } of lights) {
      const side =
        across * (direction[0] * rightward[0] + direction[1] * rightward[1] + direction[2] * rightward[2]) +
        down * (direction[0] * downward[0] + direction[1] * downward[1] + direction[2] * downward[2]);
      gathered -= (0.45 * side) / (irisRadius * lights.length);
    }
    const lit = texture * Math.max(0.2, gathered);
    for (let channel = 0; channel < 3; channel++) {
      const albedo = outer[channel] + (inner[channel] - outer[channel]) * innerShare;
      out[channel] = albedo * lit * lightOnIris[channel];
    }
  }

  function shadeSclera(x: number, y: number, out: Float64Array): void {
    const flat = x * x + y * y;
    // Beyond the sphere the conjunctiva goes on to the corners.
    const rim = 0.94 * radius * radius;
    const shrink = flat > rim ? Math.sqrt(rim / flat) : 1;
    const normalX = (x * shrink) / radius;
    const normalY = (y * shrink) / radius;
    const normalZ = -Math.sqrt(1 - normalX * normalX - normalY * normalY);
    const light = irradiance(normalX, normalY, normalZ);
    const toInner = x - lids.innerX;
    const toOuter = lids.outerX - x;
    const caruncle = smoothStep(4.2, 1.6, toInner);
    const redness = 0.5 * Math.exp(-toInner / 3.5) + 0.35 * Math.exp(-toOuter / 3);
    const wiggle = valueNoise(x * 0.35 + person.textureOffset, y * 0.35) * 2.4;
    const ridge = 1 - Math.abs(2 * valueNoise(x * 0.3 + 17, y * 1.1 + wiggle + person.textureOffset) - 1);
    const vein = person.veinAmount * smoothStep(0.86, 1, ridge) * smoothStep(7, 10.5, Math.abs(x));
    const red = clamp(redness + vein, 0, 1);
    const [white0, white1, white2] = person.scleraColour;
    out[0] = (white0 * (1 - 0.12 * red) * (1 - caruncle) + 0.62 * caruncle) * light[0];
    out[1] = (white1 * (1 - 0.55 * red) * (1 - caruncle) + 0.3 * caruncle) * light[1];
    out[2] = (white2 * (1 - 0.55 * red) * (1 - caruncle) + 0.27 * caruncle) * light[2];
  }

  function addReflections(
    normalX: number,
    normalY: number,
    normalZ: number,
    share: number,
    out: Float64Array,
  ) {
    const mirroredX = -2 * normalZ * normalX;
    const mirroredY = -2 * normalZ * normalY;
    const mirroredZ = 1 - 2 * normalZ * normalZ;
    for (const { direction, colour, glintExponent, glintStrength } of lights) {
      const cosine = mirroredX * direction[0] + mirroredY * direction[1] + mirroredZ * direction[2];
      const fall = glintExponent * (1 - cosine);
      if (fall > 8) continue;
      const glint = share * glintStrength * Math.exp(-fall);
      out[0] += glint * colour[0];
      out[1] += glint * colour[1];
      out[2] += glint * colour[2];
    }
    // The sky and the room, mirrored faintly.
    const sky = 0.014 * share * smoothStep(0.1, 0.9, -mirroredY);
    out[0] += sky * ambientUpper[0];
    out[1] += sky * ambientUpper[1];
    out[2] += sky * ambientUpper[2];
  }

  function addShade(x: number, y: number, out: Float64Array): void {
    const belowUpper = y - lidAt(lids.upper, x);
    const aboveLower = lidAt(lids.lower, x) - y;
    const fromCorner = Math.min(x - lids.innerX, lids.outerX - x);
    const shade =
      (1 - 0.55 * Math.exp(-belowUpper / 0.9)) *
      (1 - scene.lidShadow * Math.exp(-((belowUpper / 3.2) ** 2))) *
      (1 - 0.3 * Math.exp(-aboveLower / 0.8)) *
      (1 - 0.5 * Math.exp(-fromCorner / 3));
    out[0] *= shade;
    out[1] *= shade;
    out[2] *= shade;
  }

  return (x, y, out) => {
    const offX = x - corneaCentre[0];
    const offY = y - corneaCentre[1];
    const under = CORNEA_RADIUS_MM * CORNEA_RADIUS_MM - offX * offX - offY * offY;
    const offZ = under > 0 ? -Math.sqrt(under) : 0;
    const onCornea = under > 0 && x * gazeX + y * gazeY + (corneaCentre[2] + offZ) * gazeZ > limbusDepth;
    if (onCornea) {
      shadeIris(x, y, offX, offY, offZ, out);
      const depth = x * gazeX + y * gazeY + (corneaCentre[2] + offZ) * gazeZ - limbusDepth;
      if (depth < LIMBUS_BLEND_MM) {
        // The white grows over the edge of the cornea: a soft border.
        shadeSclera(x, y, white);
        const share = 0.6 * (1 - depth / LIMBUS_BLEND_MM);
        for (let channel = 0; channel < 3; channel++) out[channel] += (white[channel] - out[channel]) * share;
      }
    } else shadeSclera(x, y, out);
    addShade(x, y, out);
    if (onCornea) {
      addReflections(offX / CORNEA_RADIUS_MM, offY / CORNEA_RADIUS_MM, offZ / CORNEA_RADIUS_MM, 1, out);
    } else {
      const inside = radius * radius - x * x - y * y;
      if (inside > 1) addReflections(x / radius, y / radius, -Math.sqrt(inside) / radius, 0.3, out);
    }
  };
}
