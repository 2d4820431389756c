import type { Annotation } from '../../../core/contract/annotation.ts';
import { adjustAnnotation, type LabelAdjustment } from '../../../core/contract/label-adjustment.ts';
import type { Fix } from './fixes.ts';

interface CheckedImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly annotations: readonly Annotation[];
}

/** What labels of a sample cannot be, once they are put right as was chosen. */
interface AxisFinding {
  readonly kind: 'behind' | 'tiny' | 'outside' | 'corner';
  /** Images that it is true of. */
  readonly images: number;
  /** What most likely puts it right; null takes back the choice of units. */
  readonly fix?: Fix | null;
}

const TINY_RAD = (2 * Math.PI) / 180;
/** Keypoints that all lie in so few pixels of the corner are shares of a picture. */
const CORNER_PX = 1.5;

export function adjusted(image: CheckedImage, adjustment: LabelAdjustment): Annotation[] {
  return image.annotations.map((annotation) => adjustAnnotation(annotation, adjustment, image));
}

export function findingsOf(images: readonly CheckedImage[], adjustment: LabelAdjustment): AxisFinding[] {
  const labels = images.map((image) => ({ image, annotations: adjusted(image, adjustment) }));
  const gazes = labels.flatMap(({ annotations }) => annotations.flatMap(largestAngle));
  const behind = gazes.filter((largest) => largest > Math.PI / 2).length;
  const isTiny = gazes.length > 1 && gazes.every((largest) => largest < TINY_RAD);
  const outside = labels.filter(({ image, annotations }) =>
    annotations.some((one) => isOutside(one, image)),
  ).length;
  const isCorner = !adjustment.shares && liesInCorner(images);
  return [
    ...(behind > 0 ? [{ kind: 'behind', images: behind, ...unitFix(adjustment, 'degrees') } as const] : []),
    ...(isTiny ? [{ kind: 'tiny', images: gazes.length, ...unitFix(adjustment, 'radians') } as const] : []),
    ...(isCorner ? [{ kind: 'corner', images: images.length, fix: 'shares' } as const] : []),
    ...(outside > 0 && !isCorner ? [{ kind: 'outside', images: outside } as const] : []),
  ];
}

/** Angles that make no sense are of the other unit, or were of it before they were changed. */
function unitFix({ angles }: LabelAdjustment, other: 'degrees' | 'radians'): { readonly fix?: Fix | null } {
  if (angles === 'as-read') return { fix: other };
  return angles === other ? {} : { fix: null };
}

function largestAngle(annotation: Annotation): number[] {
  if (annotation.kind !== 'gaze') return [];
  return [Math.max(Math.abs(annotation.pitchRad), Math.abs(annotation.yawRad))];
}

function isOutside(annotation: Annotation, { widthPx, heightPx }: CheckedImage): boolean {
  return (
    annotation.kind === 'keypoints' &&
    annotation.points.some(
      ({ x, y, visibility }) => visibility === 2 && (x < 0 || y < 0 || x > widthPx || y > heightPx),
    )
  );
}

/** Of the labels as they are read. */
function liesInCorner(images: readonly CheckedImage[]): boolean {
  const points = images.flatMap(({ annotations }) =>
    annotations.flatMap((one) => (one.kind === 'keypoints' ? one.points : [])),
  );
  const seen = points.filter(({ visibility }) => visibility > 0);
  const isNear = (value: number): boolean => value >= -CORNER_PX && value <= CORNER_PX;
  return seen.length > 2 && seen.every(({ x, y }) => isNear(x) && isNear(y));
}
