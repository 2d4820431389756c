import { z } from 'zod';

/**
 * What a label says about an image. One convention for the whole program; importers convert to it.
 *
 * **Gaze.** A unit vector in the OpenCV camera frame (x right in the image, y down, z away from the camera), so an
 * eye that looks into the camera is (0, 0, −1). Pitch and yaw are in radians, as in MPIIGaze and ETH-XGaze:
 * pitch = asin(−y), yaw = atan2(−x, −z). Pitch > 0 looks up; yaw > 0 looks toward the left edge of the image.
 *
 * **Keypoints.** x, y in pixels of the stored image, origin at the top left corner of the top left pixel (its centre
 * is 0.5, 0.5), y down; z in millimetres from the camera where known. Visibility as in COCO: 0 not labelled,
 * 1 labelled but hidden, 2 visible.
 */
export const gazeSchema = z.strictObject({
  kind: z.literal('gaze'),
  vector: z.tuple([z.number(), z.number(), z.number()]),
  pitchRad: z.number(),
  yawRad: z.number(),
});

export const keypointSchema = z.strictObject({
  x: z.number(),
  y: z.number(),
  zMm: z.number().optional(),
  visibility: z.union([z.literal(0), z.literal(1), z.literal(2)]),
});

export const keypointsSchema = z.strictObject({
  kind: z.literal('keypoints'),
  /** Id of a layout in `keypoint-layouts.ts`, or of one that an importer registered with its dataset. */
  layout: z.string(),
  points: z.array(keypointSchema),
});

export const categorySchema = z.strictObject({ kind: z.literal('category'), name: z.string().min(1) });

export const annotationSchema = z.discriminatedUnion('kind', [gazeSchema, keypointsSchema, categorySchema]);

export type Gaze = z.infer<typeof gazeSchema>;
export type Keypoint = z.infer<typeof keypointSchema>;
export type Keypoints = z.infer<typeof keypointsSchema>;
export type Category = z.infer<typeof categorySchema>;
export type Annotation = z.infer<typeof annotationSchema>;

/** Gaze from a vector of any length but zero in the OpenCV camera frame. */
export function gazeFromVector(x: number, y: number, z: number): Gaze {
  const length = Math.hypot(x, y, z);
  if (!(length > 0) || !Number.isFinite(length)) {
    throw new RangeError(`A gaze vector must be finite and not zero, not (${x}, ${y}, ${z}).`);
  }
  const vector: [number, number, number] = [x / length, y / length, z / length];
  return {
    kind: 'gaze',
    vector,
    pitchRad: Math.asin(Math.max(-1, Math.min(1, -vector[1]))),
    yawRad: Math.atan2(-vector[0], -vector[2]),
  };
}

/** Gaze from pitch and yaw in radians. */
export function gazeFromAngles(pitchRad: number, yawRad: number): Gaze {
  if (!Number.isFinite(pitchRad) || !Number.isFinite(yawRad)) {
    throw new RangeError(`Pitch and yaw must be finite, not (${pitchRad}, ${yawRad}).`);
  }
  const cosine = Math.cos(pitchRad);
  return {
    kind: 'gaze',
    vector: [-cosine * Math.sin(yawRad), -Math.sin(pitchRad), -cosine * Math.cos(yawRad)],
    pitchRad,
    yawRad,
  };
}

/** Angle between two unit gaze vectors, in degrees: acos(a · b). */
export function angularErrorDeg(
  left: readonly [number, number, number],
  right: readonly [number, number, number],
): number {
  const dot = left[0] * right[0] + left[1] * right[1] + left[2] * right[2];
  return (Math.acos(Math.max(-1, Math.min(1, dot))) * 180) / Math.PI;
}
