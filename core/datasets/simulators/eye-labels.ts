import type { Keypoint, Keypoints } from '../../contract/annotation.ts';
import { EYE_34 } from '../../contract/keypoint-layouts.ts';
import { limbusPoint, seenPupilPoint } from './eyeball.ts';
import type { Eyeball } from './eyeball.ts';
import { isOpenAt } from './eye-lids.ts';
import type { LidPoint, Lids } from './eye-lids.ts';
import { toPixel } from './eye-scene.ts';
import type { EyeOptions, EyeScene } from './eye-scene.ts';

/**
 * The points of layout `eye-34` in the image. The pupil's are where it is seen through the cornea, the iris's on the
 * limbus; points that a lid covers, or outside of the picture, have visibility 1.
 */
export function labelKeypoints(
  scene: EyeScene,
  lids: Lids,
  eyeball: Eyeball,
  { widthPx, heightPx }: EyeOptions,
): Keypoints {
  const point = (x: number, y: number, open: boolean): Keypoint => {
    const [imageX, imageY] = toPixel(scene, x, y);
    const inFrame = imageX >= 0 && imageY >= 0 && imageX < widthPx && imageY < heightPx;
    return { x: imageX, y: imageY, visibility: open && inFrame ? 2 : 1 };
  };
  const onEyeball = ([x, y]: readonly [number, number, ...number[]]): Keypoint =>
    point(x, y, isOpenAt(lids, x, y));
  const eighths = Array.from({ length: 8 }, (_, step) => (step * Math.PI) / 4);
  const pupil = eighths.map((angle) => seenPupilPoint(eyeball, angle));
  const pupilCentre = mean(pupil);
  const iris = eighths.map((angle) => limbusPoint(eyeball, angle));
  const irisCentre = mean(iris.map(([x, y]) => [x, y]));
  const edgePoints = (edge: readonly LidPoint[]): Keypoint[] => {
    const points = Array.from({ length: 7 }, (_, step) => {
      const { x, y } = edge[Math.round(((step + 1) / 8) * (edge.length - 1))];
      return point(x, y, true);
    });
    return scene.side === 'left' ? points : points.reverse();
  };
  const first = lids.upperEdge[0];
  const last = lids.upperEdge[lids.upperEdge.length - 1];
  const corners = [point(first.x, first.y, true), point(last.x, last.y, true)];
  return {
    kind: 'keypoints',
    layout: EYE_34.id,
    points: [
      onEyeball(pupilCentre),
      onEyeball(irisCentre),
      ...pupil.map(onEyeball),
      ...iris.map(onEyeball),
      ...(scene.side === 'left' ? corners : corners.reverse()),
      ...edgePoints(lids.upperEdge),
      ...edgePoints(lids.lowerEdge),
    ],
  };
}

function mean(points: readonly (readonly [number, number])[]): readonly [number, number] {
  const sumX = points.reduce((sum, [x]) => sum + x, 0);
  const sumY = points.reduce((sum, [, y]) => sum + y, 0);
  return [sumX / points.length, sumY / points.length];
}
