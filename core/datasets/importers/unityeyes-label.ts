import { z } from 'zod';
import { gazeFromVector } from '../../contract/annotation.ts';
import type { Annotation, Keypoint, Keypoints } from '../../contract/annotation.ts';
import { UNITY_EYES_55 } from '../../contract/keypoint-layouts.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import type { Box } from '../pixels/geometry.ts';

const vectors = (count: number) => z.array(z.string()).length(count);

/** The points of an eye, as UnityEyes writes them: every vector is a string. */
export const eyePointsSchema = z.looseObject({
  interior_margin_2d: vectors(16),
  caruncle_2d: vectors(7),
  iris_2d: vectors(32),
});

type EyePoints = z.infer<typeof eyePointsSchema>;

/** One label file, as UnityEyes writes it. What else it holds is kept. */
export const unityEyesLabelSchema = eyePointsSchema.extend({
  eye_details: z.looseObject({ look_vec: z.string() }),
});

export type UnityEyesLabel = z.infer<typeof unityEyesLabelSchema>;

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface ConvertedLabel {
  readonly annotations: readonly Annotation[];
  readonly crop: Box;
}

export interface RefusedLabel {
  readonly reason: SkipReason;
  readonly message: string;
}

/**
 * A label in our conventions, for a picture of this size. UnityEyes counts y from the bottom edge and gives the
 * distance from the camera in centimetres; its gaze has y up. The iris is a full circle: points outside of the lid
 * margin are hidden.
 */
export function convertUnityEyes(label: UnityEyesLabel, size: Size): ConvertedLabel | RefusedLabel {
  const look = parseVector(label.eye_details.look_vec);
  const points = readEyePoints(label, size);
  if (!points || !isWhole(look) || Math.hypot(...look) === 0) {
    return { reason: 'nan-label', message: 'A number of the label is missing or not finite.' };
  }
  const marked = points.points;
  const margin = marked.slice(0, label.interior_margin_2d.length);
  const irisStart = marked.length - label.iris_2d.length;
  const mismatchPx = gazeMismatchPx(look, marked.slice(irisStart), size);
  if (mismatchPx > GAZE_MISMATCH_LIMIT * size.heightPx) {
    return {
      reason: 'picture-resized',
      message: `The iris of the label lies ${mismatchPx.toFixed(1)} px from where its gaze puts it in ${size.widthPx} × ${size.heightPx} pixels: the image was resized or cropped after it was labelled.`,
    };
  }
  const [x, yUp, z] = look;
  return {
    annotations: [gazeFromVector(x, -yUp, z), points],
    crop: eyeCrop(margin, size),
  };
}

const isWhole = (vector: readonly number[]): boolean => vector.length >= 3 && vector.every(Number.isFinite);

/** The 55 points of an eye; undefined where a number is missing or not finite. */
export function readEyePoints(label: EyePoints, size: Size): Keypoints | undefined {
  const vectors = [...label.interior_margin_2d, ...label.caruncle_2d, ...label.iris_2d].map(parseVector);
  if (!vectors.every(isWhole)) return undefined;
  const keypoints = vectors.map(([x, yUp, distanceCm]): Keypoint => {
    return { x, y: size.heightPx - yUp, zMm: distanceCm * 10, visibility: 2 };
  });
  const margin = keypoints.slice(0, label.interior_margin_2d.length);
  const irisStart = keypoints.length - label.iris_2d.length;
  const points = keypoints.map((point, index): Keypoint =>
    index >= irisStart && !isInside(point, margin) ? { ...point, visibility: 1 } : point,
  );
  return { kind: 'keypoints', layout: UNITY_EYES_55.id, points };
}

/**
 * "(371.4855, 296.4230, 8.8595)", or with decimal commas "(371,4855, 296,4230, 8,8595)", as .NET writes it on a
 * system with such a culture: only comma and space part two numbers.
 */
export function parseVector(text: string): number[] {
  return text
    .trim()
    .replace(/^\(|\)$/g, '')
    .split(/,\s+/)
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part.trim().replace(',', '.'))));
}

/** Even-odd rule. */
function isInside(point: Keypoint, polygon: readonly Keypoint[]): boolean {
  let inside = false;
  polygon.forEach((corner, index) => {
    const previous = polygon.at(index - 1) ?? corner;
    if (corner.y > point.y === previous.y > point.y) return;
    const crossingX = corner.x + ((point.y - corner.y) / (previous.y - corner.y)) * (previous.x - corner.x);
    if (point.x < crossingX) inside = !inside;
  });
  return inside;
}

/**
 * Iris centre minus image centre, per unit of the gaze's x and y and of the image height. The one full label at hand
 * has 0.134; perspective lets it vary from 0.12 to 0.14, so half and double are beyond doubt.
 */
const IRIS_SHIFT = 0.134;
const GAZE_MISMATCH_LIMIT = 0.02;

/**
 * How far the iris lies from where the gaze puts it. The camera looks at the centre of the eyeball, so the centre of
 * the iris is seen at image centre + k · (look x, −look y) with one k for both axes; k is fitted within its range.
 */
function gazeMismatchPx(look: readonly number[], iris: readonly Keypoint[], size: Size): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const shiftX = mean(iris.map(({ x }) => x)) - size.widthPx / 2;
  const shiftY = mean(iris.map(({ y }) => y)) - size.heightPx / 2;
  const [lookX, lookYUp] = look;
  const fitted = (shiftX * lookX - shiftY * lookYUp) / Math.max(1e-9, lookX ** 2 + lookYUp ** 2);
  const usual = IRIS_SHIFT * size.heightPx;
  const scale = Math.min(2 * usual, Math.max(usual / 2, fitted));
  return Math.hypot(shiftX - scale * lookX, shiftY + scale * lookYUp);
}

/**
 * Around the middle of the lid margin, 140 × 84 px of a picture 480 px high, moved to lie inside: the crop of the
 * SimGAN re-implementation carpedm20/simulated-unsupervised-tensorflow.
 */
function eyeCrop(margin: readonly Keypoint[], size: Size): Box {
  const scale = size.heightPx / 480;
  const width = Math.min(size.widthPx, Math.round(140 * scale));
  const height = Math.min(size.heightPx, Math.round(84 * scale));
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const clamp = (value: number, limit: number) => Math.round(Math.max(0, Math.min(limit, value)));
  return {
    x: clamp(middle(margin.map(({ x }) => x)) - width / 2, size.widthPx - width),
    y: clamp(middle(margin.map(({ y }) => y)) - height / 2, size.heightPx - height),
    width,
    height,
  };
}
