import type { Random } from '../../base/random.ts';
import { clamp, radians } from './simulated-image.ts';
import {
  add,
  cross,
  dot,
  length,
  multiply,
  normalize,
  rotationAbout,
  scale,
  subtract,
  transform,
  transpose,
} from './vector.ts';
import type { Matrix, Vector } from './vector.ts';

/**
 * A right hand in its own frame, mm: the wrist in the origin, the open fingers along −y, the thumb at +x, the palm
 * toward −z. Seen along z it is a right hand's palm with the fingers up. Joints in the order of `HAND_21`.
 */
export interface Skeleton {
  readonly joints: readonly Vector[];
  /** Radius of the flesh around each joint. */
  readonly radii: readonly number[];
}

/** Bones of one person: the open hand, before any joint turns. */
export interface HandShape {
  /** From the wrist to the tip of the middle finger. */
  readonly lengthMm: number;
  readonly thickness: number;
  /** Base joints of index, middle, ring and little finger. */
  readonly knuckles: readonly Vector[];
  readonly thumbBase: Vector;
  /** Three bones of each finger, thumb first. */
  readonly bones: readonly (readonly [number, number, number])[];
}

/** Mean bones of an adult hand of this length (Buryanov & Kotiuk 2010), tips with 4 mm of flesh. */
const MEAN_LENGTH_MM = 185;
const MEAN_BONES: readonly (readonly [number, number, number])[] = [
  [46, 32, 25],
  [40, 22.5, 20],
  [44.5, 26.5, 21],
  [41.5, 25.5, 21],
  [33, 18, 19.5],
];
const MEAN_KNUCKLES: readonly Vector[] = [
  [23, -90, 0],
  [2, -93, 1.5],
  [-17, -87, 0],
  [-33, -77, -3],
];
const MEAN_THUMB_BASE: Vector = [22, -24, -8];

/** Flesh at base, first and second joint and tip, mm, as a share of the index finger's. */
const FINGER_RADII = [11.2, 9.5, 8.4, 7.2] as const;
const THUMB_RADII = [14, 12, 10.5, 8.4] as const;
const FINGER_GIRTH = [1, 1, 1.03, 0.97, 0.84] as const;
const WRIST_RADIUS = 19;

export function drawHandShape(random: Random, lengthRangeMm: readonly [number, number]): HandShape {
  const lengthMm = random.range(...lengthRangeMm);
  const size = lengthMm / MEAN_LENGTH_MM;
  const breadth = random.range(0.93, 1.1);
  return {
    lengthMm,
    thickness: size * random.range(0.9, 1.12),
    knuckles: MEAN_KNUCKLES.map(([x, y, z]) => [
      x * size * breadth,
      y * size * random.range(0.97, 1.03),
      z * size,
    ]),
    thumbBase: scale(MEAN_THUMB_BASE, size),
    bones: MEAN_BONES.map(([first, second, third]) => [
      first * size * random.range(0.93, 1.07),
      second * size * random.range(0.92, 1.08),
      third * size * random.range(0.93, 1.07),
    ]),
  };
}

/** How far each finger is bent and spread, within what joints allow. Radians; thumb first. */
interface HandPose {
  readonly name: string;
  /** Bend at base, first and second joint. */
  readonly flexion: readonly (readonly [number, number, number])[];
  /** Sideways at the base, positive toward the thumb. */
  readonly abduction: readonly number[];
  /** How far the thumb stands out of the palm's plane, 0–1. */
  readonly opposition: number;
}

const POSES = ['open', 'relaxed', 'fist', 'free'] as const;

/** Joint limits in degrees (American Academy of Orthopaedic Surgeons, rounded): base, first, second joint. */
const FINGER_LIMITS_DEG = [
  [-15, 90],
  [0, 100],
  [0, 75],
] as const;
const THUMB_LIMITS_DEG = [
  [-10, 30],
  [-5, 55],
  [-10, 75],
] as const;

const SPLAY_DEG = [0, 7, 0, -6, -13] as const;

function drawPose(random: Random): HandPose {
  const name = POSES[random.integer(POSES.length)];
  const base = { open: 0.04, relaxed: 0.3, fist: 0.92, free: random.uniform() }[name];
  const spreadOfCurl = { open: 0.05, relaxed: 0.1, fist: 0.06, free: 0.35 }[name];
  const spread = random.range(0.1, 1.3);
  const limit = (degrees: number, [low, high]: readonly [number, number]): number =>
    radians(clamp(degrees, low, high));
  const flexion = Array.from({ length: 5 }, (_, finger): [number, number, number] => {
    const curl = clamp(base + spreadOfCurl * random.normal(), 0, 1);
    if (finger === 0) {
      return [
        limit(-8 + 30 * curl + 5 * random.normal(), THUMB_LIMITS_DEG[0]),
        limit(45 * curl + 7 * random.normal(), THUMB_LIMITS_DEG[1]),
        limit(55 * curl + 8 * random.normal(), THUMB_LIMITS_DEG[2]),
      ];
    }
    const middleDeg = 100 * curl + 7 * random.normal();
    return [
      limit(-6 + 88 * curl + 7 * random.normal(), FINGER_LIMITS_DEG[0]),
      limit(middleDeg, FINGER_LIMITS_DEG[1]),
      // One tendon bends both outer joints.
      limit(0.6 * middleDeg + 5 * random.normal(), FINGER_LIMITS_DEG[2]),
    ];
  });
  return {
    name,
    flexion,
    abduction: SPLAY_DEG.map((degrees, finger) => {
      // A bent finger hardly moves sideways.
      const freedom = finger === 0 ? 1 : Math.max(0.15, Math.cos(flexion[finger][0]));
      return radians((degrees * spread + 2.5 * random.normal()) * freedom);
    }),
    opposition: clamp(random.range(0.1, 0.75) + 0.2 * (base - 0.3), 0, 1),
  };
}

/** Draws until no finger runs through another or the palm; after some tries the least bad one is kept. */
export function drawSkeleton(random: Random, shape: HandShape): { skeleton: Skeleton; pose: string } {
  let best: { skeleton: Skeleton; pose: string; overlapMm: number } | undefined;
  for (let attempt = 0; attempt < 40; attempt++) {
    const pose = drawPose(random);
    const skeleton = poseSkeleton(shape, pose);
    const overlapMm = deepestOverlap(skeleton);
    if (!best || overlapMm < best.overlapMm) best = { skeleton, pose: pose.name, overlapMm };
    if (best.overlapMm <= 0) break;
  }
  if (!best) throw new Error('No hand was drawn.');
  return best;
}

function poseSkeleton(shape: HandShape, pose: HandPose): Skeleton {
  const joints: Vector[] = [[0, 0, 0]];
  const radii: number[] = [WRIST_RADIUS * shape.thickness];
  for (let finger = 0; finger < 5; finger++) {
    const rest = finger === 0 ? thumbFrame(pose.opposition) : IDENTITY;
    const sideways = rotationAbout([0, 0, 1], pose.abduction[finger]);
    let frame = multiply(rest, sideways);
    let joint = finger === 0 ? shape.thumbBase : shape.knuckles[finger - 1];
    const girth = FINGER_GIRTH[finger] * shape.thickness;
    const fleshRadii = finger === 0 ? THUMB_RADII : FINGER_RADII;
    joints.push(joint);
    radii.push(fleshRadii[0] * girth);
    for (let bone = 0; bone < 3; bone++) {
      frame = multiply(frame, rotationAbout([1, 0, 0], pose.flexion[finger][bone]));
      joint = add(joint, transform(frame, [0, -shape.bones[finger][bone], 0]));
      joints.push(joint);
      radii.push(fleshRadii[bone + 1] * girth);
    }
  }
  return { joints, radii };
}

const IDENTITY: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The thumb's own axes: it points aside and out of the palm, and bends across the palm instead of along it. */
function thumbFrame(opposition: number): Matrix {
  const along = normalize([0.72 - 0.35 * opposition, -0.7, -0.1 - 0.75 * opposition]);
  const towardPalm: Vector = [-0.75, -0.15, -0.55 + 0.5 * opposition];
  const bendsTo = normalize(subtract(towardPalm, scale(along, dot(towardPalm, along))));
  const down = scale(along, -1);
  const back = scale(bendsTo, -1);
  return transpose([cross(down, back), down, back]);
}

/** How deep the flesh of two fingers, or of a finger and the palm, runs into each other, mm; 0 where none does. */
function deepestOverlap({ joints, radii }: Skeleton): number {
  let deepest = 0;
  const check = (first: number, second: number, allowed: number): void => {
    const distance = segmentDistance(joints[first], joints[first + 1], joints[second], joints[second + 1]);
    const reach = (radii[first] + radii[first + 1] + radii[second] + radii[second + 1]) / 2;
    deepest = Math.max(deepest, allowed * reach - distance);
  };
  for (let finger = 0; finger < 5; finger++) {
    for (let other = finger + 1; other < 5; other++) {
      for (let bone = 0; bone < 3; bone++) {
        for (let otherBone = 0; otherBone < 3; otherBone++) {
          // Neighbours touch at their bases, and a thumb's ball is soft.
          if (bone + otherBone === 0 || (finger === 0 && bone === 0)) continue;
          check(1 + finger * 4 + bone, 1 + other * 4 + otherBone, 0.82);
        }
      }
    }
  }
  for (let finger = 0; finger < 5; finger++) {
    for (let bone = 1; bone < 3; bone++) {
      const tip = joints[1 + finger * 4 + bone + 1];
      const radius = radii[1 + finger * 4 + bone + 1];
      for (let other = 1; other < 5; other++) {
        const knuckle = 1 + other * 4;
        const distance = segmentDistance(tip, tip, joints[0], joints[knuckle]);
        if (finger === other && bone === 1) continue;
        deepest = Math.max(deepest, 0.8 * (radius + radii[knuckle]) - distance);
      }
    }
  }
  return deepest;
}

/** Least distance of two segments (Ericson, Real-Time Collision Detection, 5.1.9). */
function segmentDistance(a: Vector, b: Vector, c: Vector, d: Vector): number {
  const along = subtract(b, a);
  const other = subtract(d, c);
  const between = subtract(a, c);
  const lengthA = dot(along, along);
  const lengthC = dot(other, other);
  const offset = dot(other, between);
  let s = 0;
  let t: number;
  if (lengthA < 1e-9) {
    t = lengthC < 1e-9 ? 0 : clamp(offset / lengthC, 0, 1);
  } else {
    const projection = dot(along, between);
    const mixed = dot(along, other);
    const denominator = lengthA * lengthC - mixed * mixed;
    if (denominator > 1e-9) s = clamp((mixed * offset - projection * lengthC) / denominator, 0, 1);
    t = lengthC < 1e-9 ? 0 : (mixed * s + offset) / lengthC;
    if (t < 0) s = clamp(-projection / lengthA, 0, 1);
    else if (t > 1) s = clamp((mixed - projection) / lengthA, 0, 1);
    t = clamp(t, 0, 1);
  }
  return length(subtract(add(a, scale(along, s)), add(c, scale(other, t))));
}
