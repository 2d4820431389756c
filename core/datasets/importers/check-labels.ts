import { assertNever } from '../../base/assert.ts';
import type { Annotation, Gaze, Keypoints } from '../../contract/annotation.ts';
import { keypointLayout } from '../../contract/keypoint-layouts.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import type { ImportItem, ImportedImage } from './import-item.ts';
import type { InspectedImage } from './inspect.ts';

/** A labelled point may lie this far outside, of the longer side: contours are often traced past the border. */
const OUTSIDE_LIMIT = 0.02;

/**
 * The item as it is, or skipped with the reason: a label that is not finite, a gaze out of the back of the head, another
 * number of points than the layout has, a label or a crop outside of the picture.
 */
export function checkLabels(
  item: ImportedImage,
  size: Pick<InspectedImage, 'widthPx' | 'heightPx'>,
): ImportItem {
  for (const annotation of item.annotations) {
    const problem = problemOf(annotation, size);
    if (problem) return { kind: 'skipped', path: item.path, ...problem };
  }
  const { crop } = item;
  if (crop && !liesInside(crop, size)) {
    return {
      kind: 'skipped',
      path: item.path,
      reason: 'label-outside-frame',
      message: `Its crop of ${crop.width} × ${crop.height} at ${crop.x}, ${crop.y} reaches out of ${size.widthPx} × ${size.heightPx} pixels.`,
    };
  }
  return item;
}

type Size = Pick<InspectedImage, 'widthPx' | 'heightPx'>;

interface Problem {
  readonly reason: SkipReason;
  readonly message: string;
}

function problemOf(annotation: Annotation, size: Size): Problem | undefined {
  switch (annotation.kind) {
    case 'gaze': {
      const values = [...annotation.vector, annotation.pitchRad, annotation.yawRad];
      if (!values.every(Number.isFinite)) return notFinite('gaze');
      return gazeProblem(annotation);
    }
    case 'keypoints':
      return keypointProblem(annotation, size);
    case 'category':
      return undefined;
    default:
      return assertNever(annotation, 'annotation');
  }
}

/** Pitch ends at a right angle and yaw at a straight one. */
function gazeProblem({ pitchRad, yawRad }: Gaze): Problem | undefined {
  if (Math.abs(pitchRad) <= Math.PI / 2 && Math.abs(yawRad) <= Math.PI) return undefined;
  const inDegrees = (radians: number): string => `${((radians * 180) / Math.PI).toFixed(0)}°`;
  return {
    reason: 'gaze-too-far',
    message: `Pitch ${inDegrees(pitchRad)} and yaw ${inDegrees(yawRad)} are beyond a right and a straight angle. Are these degrees that were taken for radians?`,
  };
}

function keypointProblem(annotation: Keypoints, size: Size): Problem | undefined {
  const { names } = keypointLayout(annotation.layout, annotation.points.length);
  if (names.length !== annotation.points.length) {
    const message = `Has ${annotation.points.length} keypoints where ${annotation.layout} has ${names.length}.`;
    return { reason: 'bad-label', message };
  }
  const tolerancePx = Math.max(1, OUTSIDE_LIMIT * Math.max(size.widthPx, size.heightPx));
  for (const [index, { x, y, zMm, visibility }] of annotation.points.entries()) {
    if (![x, y, zMm ?? 0].every(Number.isFinite)) return notFinite(`keypoint ${names[index]}`);
    const outsidePx = Math.max(-x, -y, x - size.widthPx, y - size.heightPx);
    if (visibility > 0 && outsidePx > tolerancePx) {
      return {
        reason: 'label-outside-frame',
        message: `The keypoint ${names[index]} at ${x.toFixed(1)}, ${y.toFixed(1)} lies outside of ${size.widthPx} × ${size.heightPx} pixels.`,
      };
    }
  }
  return undefined;
}

function notFinite(what: string): Problem {
  return { reason: 'nan-label', message: `The ${what} is no finite number.` };
}

function liesInside(crop: NonNullable<ImportedImage['crop']>, size: Size): boolean {
  return (
    crop.width > 0 &&
    crop.height > 0 &&
    crop.x >= 0 &&
    crop.y >= 0 &&
    crop.x + crop.width <= size.widthPx &&
    crop.y + crop.height <= size.heightPx
  );
}
