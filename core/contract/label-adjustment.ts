import { z } from 'zod';
import { gazeFromAngles, type Annotation, type Gaze, type Keypoint, type Keypoints } from './annotation.ts';
import { keypointLayout } from './keypoint-layouts.ts';

/**
 * What the axis check found to be wrong with a dataset's labels, in the order in which it is put right: units, swap,
 * origin, flips, names. As it is in `NO_ADJUSTMENT`, labels stay as the importer reads them.
 */
export const labelAdjustmentSchema = z.strictObject({
  /** What angles are given in, where the importer took them for the other. */
  angles: z.enum(['as-read', 'degrees', 'radians']),
  /** Keypoints are shares of the picture's width and height rather than pixels. */
  shares: z.boolean(),
  /** Pitch and yaw, or x and y of keypoints, were exchanged. */
  swap: z.boolean(),
  /** Where keypoints are counted from. */
  origin: z.enum(['top-left', 'bottom-left', 'middle']),
  /** Left and right; keypoints about the picture's middle. */
  flipX: z.boolean(),
  /** Up and down; keypoints about the picture's middle. */
  flipY: z.boolean(),
  /** Fingers are named as on the other hand: thumb and little finger are exchanged, and so on. */
  otherHand: z.boolean(),
});

export type LabelAdjustment = z.infer<typeof labelAdjustmentSchema>;

export const NO_ADJUSTMENT: LabelAdjustment = {
  angles: 'as-read',
  shares: false,
  swap: false,
  origin: 'top-left',
  flipX: false,
  flipY: false,
  otherHand: false,
};

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A label put right. Size in pixels of the stored image. */
export function adjustAnnotation(
  annotation: Annotation,
  adjustment: LabelAdjustment,
  size: Size,
): Annotation {
  switch (annotation.kind) {
    case 'gaze':
      return adjustGaze(annotation, adjustment);
    case 'keypoints':
      return adjustKeypoints(annotation, adjustment, size);
    case 'category':
      return annotation;
  }
}

const ANGLE_FACTORS: Readonly<Record<LabelAdjustment['angles'], number>> = {
  'as-read': 1,
  degrees: Math.PI / 180,
  radians: 180 / Math.PI,
};

function adjustGaze(gaze: Gaze, { angles, swap, flipX, flipY }: LabelAdjustment): Gaze {
  if (angles === 'as-read' && !swap && !flipX && !flipY) return gaze;
  const factor = ANGLE_FACTORS[angles];
  const given = [gaze.pitchRad * factor, gaze.yawRad * factor];
  const [pitchRad, yawRad] = swap ? given.reverse() : given;
  return gazeFromAngles(flipY ? -pitchRad : pitchRad, flipX ? -yawRad : yawRad);
}

function adjustKeypoints(label: Keypoints, adjustment: LabelAdjustment, size: Size): Keypoints {
  const points = label.points.map((point) => adjustPoint(point, adjustment, size));
  const { otherSide } = keypointLayout(label.layout, points.length);
  if (!adjustment.otherHand || !otherSide) return { ...label, points };
  return { ...label, points: points.map((point, index) => points[otherSide[index]] ?? point) };
}

function adjustPoint(point: Keypoint, adjustment: LabelAdjustment, { widthPx, heightPx }: Size): Keypoint {
  // What is not labelled lies nowhere.
  if (point.visibility === 0) return point;
  const { shares, swap, origin, flipX, flipY } = adjustment;
  const [given, other] = swap ? [point.y, point.x] : [point.x, point.y];
  let x = shares ? given * widthPx : given;
  let y = shares ? other * heightPx : other;
  if (origin === 'middle') [x, y] = [x + widthPx / 2, y + heightPx / 2];
  if (origin === 'bottom-left') y = heightPx - y;
  return { ...point, x: flipX ? widthPx - x : x, y: flipY ? heightPx - y : y };
}
