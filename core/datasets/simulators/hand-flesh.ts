import type { Skeleton } from './hand-skeleton.ts';
import { add, length, scale, subtract } from './vector.ts';
import type { Vector } from './vector.ts';

/** A ball of flesh, mm. */
export interface Ball {
  readonly centre: Vector;
  readonly radius: number;
  /** The arm goes on beyond the picture; only what belongs to the hand decides how large it is shown. */
  readonly partOfHand: boolean;
}

/** Distance of two balls in a row as a share of their radius: the ripple between them is below 0.2 mm. */
const STEP_PER_RADIUS = 0.36;
const FOREARM_MM = 130;

/** Flesh over the bones: tapered rows of balls along fingers and arm, sheets of them over the palm. */
export function coverSkeleton({ joints, radii }: Skeleton, thickness: number): Ball[] {
  const balls: Ball[] = [];
  const sweep = (from: Vector, fromRadius: number, to: Vector, toRadius: number, partOfHand = true): void => {
    const distance = length(subtract(to, from));
    const steps = Math.max(1, Math.ceil(distance / (STEP_PER_RADIUS * Math.min(fromRadius, toRadius))));
    for (let step = 0; step <= steps; step++) {
      const t = step / steps;
      balls.push({
        centre: add(from, scale(subtract(to, from), t)),
        radius: fromRadius + (toRadius - fromRadius) * t,
        partOfHand,
      });
    }
  };
  /** Rows between two lines, so that they join to a sheet. */
  const sheet = (
    first: readonly [Vector, Vector],
    second: readonly [Vector, Vector],
    startRadius: number,
    endRadius: number,
    rows: number,
  ): void => {
    for (let row = 0; row <= rows; row++) {
      const t = row / rows;
      const from = add(first[0], scale(subtract(second[0], first[0]), t));
      const to = add(first[1], scale(subtract(second[1], first[1]), t));
      sweep(from, startRadius, to, endRadius);
    }
  };

  for (let finger = 0; finger < 5; finger++) {
    for (let bone = 0; bone < 3; bone++) {
      const joint = 1 + finger * 4 + bone;
      sweep(joints[joint], radii[joint], joints[joint + 1], radii[joint + 1]);
    }
  }
  // The wrist is flat: its flesh starts from a line across.
  const wrist = (across: number): Vector => [across * thickness, 4, 0];
  const wristRadius = 16 * thickness;
  const knuckle = (finger: number): Vector => joints[1 + finger * 4];
  const starts = [0, 13, 4, -5, -13].map(wrist);
  for (let finger = 1; finger < 4; finger++) {
    sheet(
      [starts[finger], knuckle(finger)],
      [starts[finger + 1], knuckle(finger + 1)],
      wristRadius,
      radii[1 + finger * 4],
      5,
    );
  }
  // The balls of thumb and little finger, and the web between thumb and index finger.
  const thumb = joints[1];
  sweep(wrist(11), wristRadius, thumb, radii[1]);
  const halfway = (from: Vector, to: Vector, share: number): Vector =>
    add(from, scale(subtract(to, from), share));
  const webThumb = halfway(thumb, joints[2], 0.75);
  const webIndex = halfway(starts[1], knuckle(1), 0.8);
  sheet(
    [thumb, webThumb],
    [halfway(starts[1], knuckle(1), 0.3), webIndex],
    radii[1] * 0.85,
    6.5 * thickness,
    6,
  );
  sweep(wrist(-14), wristRadius, halfway(starts[4], add(knuckle(4), [0, 0, -4]), 0.7), 12 * thickness);
  const elbow = (across: number): Vector => [across * thickness, FOREARM_MM, 0];
  for (const across of [-14, -5, 5, 14]) {
    sweep(wrist(across), wristRadius, elbow(across * 1.25), wristRadius * 1.3, false);
  }
  return balls;
}
