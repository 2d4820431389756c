import { createRandom } from '../../base/random.ts';
import type { Keypoints } from '../../contract/annotation.ts';
import { HAND_21 } from '../../contract/keypoint-layouts.ts';
import { coverSkeleton } from './hand-flesh.ts';
import type { Ball } from './hand-flesh.ts';
import { drawHandShape, drawSkeleton } from './hand-skeleton.ts';
import { checkImageSize, checkRanges, drawFrom, radians, rounded } from './simulated-image.ts';
import type { Range, SimulatedImage } from './simulated-image.ts';
import { add, multiply, rotationAbout, rotationToward, transform } from './vector.ts';
import type { Matrix, Vector } from './vector.ts';

export interface HandOptions {
  readonly widthPx: number;
  readonly heightPx: number;
  /** From the camera to the wrist. */
  readonly distanceMm: Range;
  /** From the wrist to the tip of the middle finger. */
  readonly handLengthMm: Range;
  /** Turn in the picture; 0 has the fingers up. */
  readonly rollDeg: Range;
  /** Turn up or down, and to the sides, out of the picture's plane. */
  readonly tiltDeg: Range;
  /** Share of hands that show their back instead of the palm. */
  readonly backShare: number;
  /** Share of the picture's shorter side that the hand fills. */
  readonly fill: Range;
  /** Name of the people that are drawn from: another name, other hands. */
  readonly population: string;
  /** How many people there are; 0: everybody comes once. */
  readonly people: number;
}

const DEFAULT_HAND_OPTIONS: HandOptions = {
  widthPx: 128,
  heightPx: 128,
  distanceMm: [450, 900],
  handLengthMm: [165, 205],
  rollDeg: [-50, 50],
  tiltDeg: [-45, 45],
  backShare: 0.4,
  fill: [0.82, 0.94],
  population: 'renders',
  people: 0,
};

/** Pinhole: u = fPx·x/z + centreXPx, v = fPx·y/z + centreYPx. */
interface Projection {
  readonly focalPx: number;
  readonly centreXPx: number;
  readonly centreYPx: number;
}

/**
 * A right hand as depth in mm along the optical axis, 16 bit, background 0, with the 21 keypoints of layout `hand-21`
 * (zMm is the joint's own depth, inside the flesh). Visible is a joint that lies about as deep behind the surface as
 * its flesh is thick. The same seed, index and options give the same bytes on every platform, in any order.
 */
export function simulateHand(
  seed: number,
  index: number,
  options: Partial<HandOptions> = {},
): SimulatedImage {
  const settings: HandOptions = { ...DEFAULT_HAND_OPTIONS, ...options };
  const { widthPx, heightPx, population } = settings;
  checkImageSize(widthPx, heightPx);
  checkRanges(settings);
  const person =
    settings.people > 0
      ? `${population}-${createRandom(seed, 'hand', population, index, 'who').integer(settings.people)}`
      : `${population}-i${index}`;
  const shape = drawHandShape(createRandom(seed, 'hand', person, 'person'), settings.handLengthMm);
  const random = createRandom(seed, 'hand', population, index, 'pose');
  const { skeleton, pose } = drawSkeleton(random, shape);
  const { rotation, showsBack } = drawOrientation(random, settings);
  const distanceMm = drawFrom(random, settings.distanceMm);
  const place = (point: Vector): Vector => add(transform(rotation, point), [0, 0, distanceMm]);
  const joints = skeleton.joints.map(place);
  const balls = coverSkeleton(skeleton, shape.thickness).map((ball) => ({
    ...ball,
    centre: place(ball.centre),
  }));
  const fill = drawFrom(random, settings.fill);
  const projection = frameHand(balls, fill, widthPx, heightPx);
  const pixels = castDepth(balls, projection, widthPx, heightPx);
  const points = joints.map((joint, number): Keypoints['points'][number] => {
    const x = (projection.focalPx * joint[0]) / joint[2] + projection.centreXPx;
    const y = (projection.focalPx * joint[1]) / joint[2] + projection.centreYPx;
    const inFrame = x >= 0 && y >= 0 && x < widthPx && y < heightPx;
    const surfaceMm = inFrame ? pixels[Math.floor(y) * widthPx + Math.floor(x)] : 0;
    const hidden = surfaceMm > 0 && joint[2] - surfaceMm > 1.3 * skeleton.radii[number] + 2;
    return { x, y, zMm: joint[2], visibility: inFrame && !hidden ? 2 : 1 };
  });
  return {
    pixels,
    widthPx,
    heightPx,
    channels: 1,
    bitDepth: 16,
    annotations: [{ kind: 'keypoints', layout: HAND_21.id, points }],
    parameters: {
      person,
      pose,
      shows: showsBack ? 'back' : 'palm',
      handLengthMm: rounded(shape.lengthMm),
      distanceMm: rounded(distanceMm),
      focalPx: projection.focalPx,
      centreXPx: projection.centreXPx,
      centreYPx: projection.centreYPx,
    },
  };
}

function drawOrientation(
  random: ReturnType<typeof createRandom>,
  settings: HandOptions,
): { rotation: Matrix; showsBack: boolean } {
  const showsBack = random.uniform() < settings.backShare;
  const turned = rotationAbout([0, 1, 0], showsBack ? Math.PI : 0);
  const tilted = rotationToward(
    radians(drawFrom(random, settings.tiltDeg)),
    radians(drawFrom(random, settings.tiltDeg)),
  );
  const rolled = rotationAbout([0, 0, 1], radians(drawFrom(random, settings.rollDeg)));
  return { rotation: multiply(rolled, multiply(tilted, turned)), showsBack };
}

/** A camera that shows the hand in the middle, as large as asked; the arm may leave the picture. */
function frameHand(balls: readonly Ball[], fill: number, widthPx: number, heightPx: number): Projection {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { centre, radius, partOfHand } of balls) {
    if (!partOfHand) continue;
    left = Math.min(left, (centre[0] - radius) / centre[2]);
    right = Math.max(right, (centre[0] + radius) / centre[2]);
    top = Math.min(top, (centre[1] - radius) / centre[2]);
    bottom = Math.max(bottom, (centre[1] + radius) / centre[2]);
  }
  const focalPx = (fill * Math.min(widthPx, heightPx)) / Math.max(right - left, bottom - top);
  return {
    focalPx,
    centreXPx: widthPx / 2 - (focalPx * (left + right)) / 2,
    centreYPx: heightPx / 2 - (focalPx * (top + bottom)) / 2,
  };
}

/** Nearest ball along the ray of each pixel's centre: depth along z, rounded to mm; 0 where there is none. */
function castDepth(
  balls: readonly Ball[],
  { focalPx, centreXPx, centreYPx }: Projection,
  widthPx: number,
  heightPx: number,
): Uint16Array {
  const nearest = new Float32Array(widthPx * heightPx).fill(Infinity);
  for (const { centre, radius } of balls) {
    const [x, y, z] = centre;
    const reachPx = (1.1 * radius * focalPx) / (z - radius) + 1;
    const middleX = (focalPx * x) / z + centreXPx;
    const middleY = (focalPx * y) / z + centreYPx;
    const fromX = Math.max(0, Math.floor(middleX - reachPx));
    const toX = Math.min(widthPx - 1, Math.ceil(middleX + reachPx));
    const fromY = Math.max(0, Math.floor(middleY - reachPx));
    const toY = Math.min(heightPx - 1, Math.ceil(middleY + reachPx));
    const beyond = x * x + y * y + z * z - radius * radius;
    for (let row = fromY; row <= toY; row++) {
      const rayY = (row + 0.5 - centreYPx) / focalPx;
      for (let column = fromX; column <= toX; column++) {
        const rayX = (column + 0.5 - centreXPx) / focalPx;
        const square = rayX * rayX + rayY * rayY + 1;
        const along = rayX * x + rayY * y + z;
        const under = along * along - square * beyond;
        if (under < 0) continue;
        const depth = (along - Math.sqrt(under)) / square;
        const pixel = row * widthPx + column;
        if (depth < nearest[pixel]) nearest[pixel] = depth;
      }
    }
  }
  return Uint16Array.from(nearest, (depth) => (depth === Infinity ? 0 : Math.round(depth)));
}
