import type { EyeScene } from './eye-scene.ts';
import { clamp } from './simulated-image.ts';
import { transform } from './vector.ts';

const SAMPLES = 96;
const TABLE_HALF_WIDTH_MM = 32;
const TABLE_STEPS_PER_MM = 8;

/** A point of a lid's edge in the canonical frame, mm, y down. */
export interface LidPoint {
  readonly x: number;
  readonly y: number;
}

/**
 * The eye's opening in the canonical picture plane: below `upper` and above `lower` between the corners. Both tables
 * go on beyond the corners along the line through them, so that the skin around can be described by them as well.
 */
export interface Lids {
  readonly upper: Float64Array;
  readonly lower: Float64Array;
  /** From the inner corner to the outer one, both ends included. */
  readonly upperEdge: readonly LidPoint[];
  readonly lowerEdge: readonly LidPoint[];
  readonly innerX: number;
  readonly outerX: number;
  /** How far the upper lid hangs below where it is when the eye looks straight on, mm. */
  readonly dropMm: number;
  readonly topY: number;
  readonly bottomY: number;
}

/** Lids of a scene: their edges on the face in 3D, turned with the head, seen along z. */
export function buildLids(scene: EyeScene): Lids {
  const { person, eyePitchRad, eyeYawRad, lidOpening } = scene;
  // The upper lid follows the eye down almost all the way and up about half; the lower one a third.
  const excursion = person.eyeballRadius * Math.sin(eyePitchRad);
  const rise = excursion > 0 ? 0.55 * excursion : 0.78 * excursion;
  const lowerRise = 0.3 * excursion;
  const upperPeakY = -person.upperLidHeight * lidOpening - rise;
  const lowerPeakY = Math.max(person.lowerLidHeight * (0.6 + 0.4 * lidOpening) - lowerRise, upperPeakY + 2.5);
  const skewShift = 0.12 * Math.sin(eyeYawRad);
  const edge = (peakY: number, skew: number, roundness: number): LidPoint[] =>
    Array.from({ length: SAMPLES + 1 }, (_, place) => {
      const t = place / SAMPLES;
      const x = person.innerCornerX + (person.outerCornerX - person.innerCornerX) * t;
      const chordY = person.innerCornerY + (person.outerCornerY - person.innerCornerY) * t;
      const centred = 2 * Math.pow(t, skew + skewShift) - 1;
      const arch = 1 - Math.pow(Math.abs(centred), roundness);
      const chordMiddleY = (person.innerCornerY + person.outerCornerY) / 2;
      const [seenX, seenY] = transform(scene.head, faceSurface(x, chordY + (peakY - chordMiddleY) * arch));
      return { x: seenX, y: seenY };
    });
  const upperEdge = edge(upperPeakY, person.upperLidSkew, person.lidRoundness);
  const lowerEdge = edge(lowerPeakY, person.lowerLidSkew, person.lidRoundness * 0.92);
  const upper = tabulate(upperEdge);
  const lower = tabulate(lowerEdge);
  return {
    upper,
    lower,
    upperEdge,
    lowerEdge,
    innerX: upperEdge[0].x,
    outerX: upperEdge[SAMPLES].x,
    dropMm: -rise,
    topY: Math.min(...upperEdge.map((point) => point.y)),
    bottomY: Math.max(...lowerEdge.map((point) => point.y)),
  };
}

/** Point of the face over (x, y) of the head frame: a shallow bowl over the eyeball, mm. */
function faceSurface(x: number, y: number): [number, number, number] {
  return [x, y, -12.5 + (x * x + y * y) / 27];
}

function tabulate(edge: readonly LidPoint[]): Float64Array {
  const count = 2 * TABLE_HALF_WIDTH_MM * TABLE_STEPS_PER_MM + 1;
  const table = new Float64Array(count);
  const first = edge[0];
  const last = edge[edge.length - 1];
  const slope = (last.y - first.y) / (last.x - first.x);
  let segment = 0;
  for (let place = 0; place < count; place++) {
    const x = place / TABLE_STEPS_PER_MM - TABLE_HALF_WIDTH_MM;
    if (x <= first.x) table[place] = first.y + (x - first.x) * slope;
    else if (x >= last.x) table[place] = last.y + (x - last.x) * slope;
    else {
      while (edge[segment + 1].x < x) segment++;
      const from = edge[segment];
      const to = edge[segment + 1];
      table[place] = from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x);
    }
  }
  return table;
}

/** Height y of a lid at x, both in mm of the canonical picture plane. */
export function lidAt(table: Float64Array, x: number): number {
  const place = clamp((x + TABLE_HALF_WIDTH_MM) * TABLE_STEPS_PER_MM, 0, table.length - 1.001);
  const left = Math.floor(place);
  return table[left] + (table[left + 1] - table[left]) * (place - left);
}

/** Whether a point of the picture plane lies in the eye's opening. */
export function isOpenAt(lids: Lids, x: number, y: number): boolean {
  return y > lidAt(lids.upper, x) && y < lidAt(lids.lower, x);
}
