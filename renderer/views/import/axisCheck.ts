import type { Annotation } from '../../../core/contract/annotation.ts';
import { adjustAnnotation, type LabelAdjustment } from '../../../core/contract/label-adjustment.ts';

interface CheckedImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly annotations: readonly Annotation[];
}

/** What labels of a sample cannot be, once they are put right as was chosen. */
export interface AxisFindings {
  /** Images with a gaze that leaves the eye backwards. */
  readonly behind: number;
  /** Images with a keypoint that is said to be visible and lies outside of the picture. */
  readonly outside: number;
  /** There is gaze, and all of it looks straight ahead within two degrees. */
  readonly isTiny: boolean;
}

const TINY_RAD = (2 * Math.PI) / 180;

export function adjusted(image: CheckedImage, adjustment: LabelAdjustment): Annotation[] {
  return image.annotations.map((annotation) => adjustAnnotation(annotation, adjustment, image));
}

export function findingsOf(images: readonly CheckedImage[], adjustment: LabelAdjustment): AxisFindings {
  const labels = images.map((image) => ({ image, annotations: adjusted(image, adjustment) }));
  const gazes = labels.flatMap(({ annotations }) =>
    annotations.flatMap((annotation) =>
      annotation.kind === 'gaze'
        ? [Math.max(Math.abs(annotation.pitchRad), Math.abs(annotation.yawRad))]
        : [],
    ),
  );
  return {
    behind: gazes.filter((largest) => largest > Math.PI / 2).length,
    outside: labels.filter(({ image, annotations }) => annotations.some((one) => isOutside(one, image)))
      .length,
    isTiny: gazes.length > 1 && gazes.every((largest) => largest < TINY_RAD),
  };
}

function isOutside(annotation: Annotation, { widthPx, heightPx }: CheckedImage): boolean {
  return (
    annotation.kind === 'keypoints' &&
    annotation.points.some(
      ({ x, y, visibility }) => visibility === 2 && (x < 0 || y < 0 || x > widthPx || y > heightPx),
    )
  );
}
