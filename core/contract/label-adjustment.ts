import { z } from 'zod';
import { gazeFromAngles, type Annotation } from './annotation.ts';

/**
 * What the axis check found to be wrong with a dataset's labels, in the order in which it is put right: units, swap,
 * then flips. All off leaves labels as the importer reads them.
 */
export const labelAdjustmentSchema = z.strictObject({
  /** Angles were given in degrees and read as radians. */
  degrees: z.boolean(),
  /** Pitch and yaw, or x and y of keypoints, were exchanged. */
  swap: z.boolean(),
  /** Left and right. */
  flipX: z.boolean(),
  /** Up and down; for keypoints: counted from the bottom. */
  flipY: z.boolean(),
});

export type LabelAdjustment = z.infer<typeof labelAdjustmentSchema>;

export const NO_ADJUSTMENT: LabelAdjustment = { degrees: false, swap: false, flipX: false, flipY: false };

/** A label put right. Size in pixels of the stored image; keypoints are flipped about its middle. */
export function adjustAnnotation(
  annotation: Annotation,
  { degrees, swap, flipX, flipY }: LabelAdjustment,
  size: { readonly widthPx: number; readonly heightPx: number },
): Annotation {
  switch (annotation.kind) {
    case 'gaze': {
      if (!degrees && !swap && !flipX && !flipY) return annotation;
      const unit = degrees ? Math.PI / 180 : 1;
      const angles = [annotation.pitchRad * unit, annotation.yawRad * unit];
      const [pitchRad, yawRad] = swap ? angles.reverse() : angles;
      return gazeFromAngles(flipY ? -pitchRad : pitchRad, flipX ? -yawRad : yawRad);
    }
    case 'keypoints':
      return {
        ...annotation,
        points: annotation.points.map((point) => {
          const [x, y] = swap ? [point.y, point.x] : [point.x, point.y];
          return { ...point, x: flipX ? size.widthPx - x : x, y: flipY ? size.heightPx - y : y };
        }),
      };
    case 'category':
      return annotation;
  }
}
