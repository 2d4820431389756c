import { assertNever } from '../../base/assert.ts';
import type { Annotation, Gaze, Keypoint, Keypoints } from '../../contract/annotation.ts';
import { keypointLayout } from '../../contract/keypoint-layouts.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import type { ImportItem, ImportedImage, ImportNote } from './import-item.ts';
import type { InspectedImage } from './inspect.ts';

/** A labelled point may lie this far outside, of the longer side: contours are often traced past the border. */
const OUTSIDE_LIMIT = 0.02;

type Size = Pick<InspectedImage, 'widthPx' | 'heightPx'>;

/**
 * The item with the labels that can be used, and notes on those that are doubtful: points without a number count as not
 * labelled, points outside of the picture are kept. Skipped with the reason where no label is left, and where the crop
 * lies outside.
 * @param keepImpossible keeps impossible labels: a gaze away from the camera, points that are all zero or
 *   lie outside by more than the picture's size
 */
export function checkLabels(item: ImportedImage, size: Size, keepImpossible = false): ImportItem {
  const notes: ImportNote[] = [...(item.notes ?? [])];
  const kept: Annotation[] = [];
  const problems: Problem[] = [];
  for (const annotation of item.annotations) {
    const checked = check(annotation, size);
    if (checked.note) notes.push(checked.note);
    const isKept = !checked.problem || (keepImpossible && checked.problem.isImpossible);
    if (isKept) kept.push(checked.annotation);
    else if (checked.problem) problems.push(checked.problem);
    if (isKept && checked.problem)
      notes.push({ about: 'impossible-label', message: checked.problem.message });
  }
  const [problem] = problems;
  if (problems.length > 0 && kept.length === 0) {
    return { kind: 'skipped', path: item.path, reason: problem.reason, message: problem.message };
  }
  if (problems.length > 0) notes.push({ about: 'label-incomplete', message: problem.message });
  const { crop } = item;
  if (crop && !liesInside(crop, size)) {
    return {
      kind: 'skipped',
      path: item.path,
      reason: 'label-outside-frame',
      message: `Its crop of ${crop.width} × ${crop.height} at ${crop.x}, ${crop.y} reaches out of ${size.widthPx} × ${size.heightPx} pixels.`,
    };
  }
  return notes.length === 0 ? item : { ...item, annotations: kept, notes };
}

interface Problem {
  readonly reason: SkipReason;
  readonly message: string;
  /** It can be read, but is physically impossible. */
  readonly isImpossible: boolean;
}

interface Checked {
  readonly annotation: Annotation;
  readonly problem?: Problem;
  readonly note?: ImportNote;
}

function check(annotation: Annotation, size: Size): Checked {
  switch (annotation.kind) {
    case 'gaze':
      return checkGaze(annotation);
    case 'keypoints':
      return checkKeypoints(annotation, size);
    case 'category':
      return { annotation };
    default:
      return assertNever(annotation, 'annotation');
  }
}

const inDegrees = (radians: number): string => `${((radians * 180) / Math.PI).toFixed(0)}°`;

/** An eye that is seen looks toward the camera: pitch and yaw end at right angles. */
function checkGaze(gaze: Gaze): Checked {
  const { vector, pitchRad, yawRad } = gaze;
  if (![...vector, pitchRad, yawRad].every(Number.isFinite)) {
    return { annotation: gaze, problem: unusable('nan-label', 'The gaze is no finite number.') };
  }
  if (Math.abs(pitchRad) <= Math.PI / 2 && Math.abs(yawRad) <= Math.PI / 2) return { annotation: gaze };
  const angles = `Pitch ${inDegrees(pitchRad)} and yaw ${inDegrees(yawRad)}`;
  const isAngle = Math.abs(pitchRad) <= Math.PI / 2 && Math.abs(yawRad) <= Math.PI;
  const message = isAngle
    ? `${angles} point away from the camera, into the head. Is an axis flipped?`
    : `${angles} are beyond 90° and 180°. Are they degrees that were read as radians?`;
  return { annotation: gaze, problem: { reason: 'gaze-too-far', message, isImpossible: true } };
}

function checkKeypoints(keypoints: Keypoints, size: Size): Checked {
  const { names } = keypointLayout(keypoints.layout, keypoints.points.length);
  if (names.length !== keypoints.points.length) {
    const message = `Has ${keypoints.points.length} keypoints where ${keypoints.layout} has ${names.length}.`;
    return { annotation: keypoints, problem: unusable('bad-label', message) };
  }
  const points = keypoints.points.map((point) => (isFinitePoint(point) ? point : NOT_LABELLED));
  const missing = keypoints.points.filter((point) => point.visibility > 0 && !isFinitePoint(point)).length;
  const annotation = points.some((point, place) => point !== keypoints.points[place])
    ? { ...keypoints, points }
    : keypoints;
  if (missing > 0 && points.every(({ visibility }) => visibility === 0)) {
    return { annotation, problem: unusable('nan-label', 'None of its keypoints is a finite number.') };
  }
  const impossible = impossiblePoints(points, names, size);
  if (impossible) {
    return { annotation, problem: { reason: 'impossible-label', message: impossible, isImpossible: true } };
  }
  return { annotation, ...noteOf(points, missing, size) };
}

const NOT_LABELLED: Keypoint = { x: 0, y: 0, visibility: 0 };

const isFinitePoint = ({ x, y, zMm }: Keypoint): boolean => [x, y, zMm ?? 0].every(Number.isFinite);

/** How far a point lies outside, in pixels; negative inside. */
const outsidePx = ({ x, y }: Keypoint, { widthPx, heightPx }: Size): number =>
  Math.max(-x, -y, x - widthPx, y - heightPx);

function impossiblePoints(
  points: readonly Keypoint[],
  names: readonly string[],
  size: Size,
): string | undefined {
  const labelled = points.filter(({ visibility }) => visibility > 0);
  if (labelled.length > 1 && labelled.every(({ x, y }) => x === 0 && y === 0)) {
    return `All ${labelled.length} keypoints are at 0, 0.`;
  }
  const place = points.findIndex(
    (point) => point.visibility > 0 && outsidePx(point, size) > Math.max(size.widthPx, size.heightPx),
  );
  if (place === -1) return undefined;
  const { x, y } = points[place];
  return `The keypoint ${names[place]} at ${x.toFixed(1)}, ${y.toFixed(1)} lies outside of ${size.widthPx} × ${size.heightPx} pixels by more than the picture's size.`;
}

function noteOf(points: readonly Keypoint[], missing: number, size: Size): { note?: ImportNote } {
  if (missing > 0) {
    const message = `${missing} of ${points.length} points have no number and count as not labelled.`;
    return { note: { about: 'points-missing', message } };
  }
  const tolerancePx = Math.max(1, OUTSIDE_LIMIT * Math.max(size.widthPx, size.heightPx));
  const outside = points.filter(
    (point) => point.visibility > 0 && outsidePx(point, size) > tolerancePx,
  ).length;
  if (outside === 0) return {};
  const message = `${outside} of ${points.length} points lie outside of ${size.widthPx} × ${size.heightPx} pixels.`;
  return { note: { about: 'points-outside', message } };
}

const unusable = (reason: SkipReason, message: string): Problem => ({ reason, message, isImpossible: false });

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
