import { assertNever } from '../../base/assert.ts';
import type { Keypoint, Keypoints } from '../../contract/annotation.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';

/** A part of a picture in pixels, which need not be whole: the left edge of the first pixel is 0, its centre 0.5. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** x′ = scaleX · x + offsetX, y′ = scaleY · y + offsetY; a negative scaleX mirrors. */
export interface AffineMap {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** Where pixels come from and where they go to; `target` lies on whole pixels. */
export interface Placement {
  readonly source: Box;
  readonly target: Box;
  /** From the stored picture to the prepared one. */
  readonly transform: AffineMap;
}

/**
 * How a part of a picture fits a size. stretch: all of it, on all of the size. cover: the largest centred part of the
 * right shape. contain: all of it, centred, rounded to whole pixels of the target so that no pixel is half padding.
 */
export function placeBox(box: Box, size: Pick<Preprocessing, 'widthPx' | 'heightPx' | 'fit'>): Placement {
  const { widthPx, heightPx } = size;
  const whole: Box = { x: 0, y: 0, width: widthPx, height: heightPx };
  switch (size.fit) {
    case 'stretch':
      return placement(box, whole);
    case 'cover': {
      const scale = Math.max(widthPx / box.width, heightPx / box.height);
      const width = widthPx / scale;
      const height = heightPx / scale;
      const x = box.x + (box.width - width) / 2;
      const y = box.y + (box.height - height) / 2;
      return placement({ x, y, width, height }, whole);
    }
    case 'contain': {
      const scale = Math.min(widthPx / box.width, heightPx / box.height);
      const width = Math.max(1, Math.min(widthPx, Math.round(box.width * scale)));
      const height = Math.max(1, Math.min(heightPx, Math.round(box.height * scale)));
      const x = Math.floor((widthPx - width) / 2);
      const y = Math.floor((heightPx - height) / 2);
      return placement(box, { x, y, width, height });
    }
    default:
      return assertNever(size.fit, 'fit');
  }
}

function placement(source: Box, target: Box): Placement {
  const scaleX = target.width / source.width;
  const scaleY = target.height / source.height;
  return {
    source,
    target,
    transform: {
      scaleX,
      scaleY,
      offsetX: target.x - source.x * scaleX,
      offsetY: target.y - source.y * scaleY,
    },
  };
}

/** The map that undoes this one. */
export function invertTransform(map: AffineMap): AffineMap {
  return {
    scaleX: 1 / map.scaleX,
    scaleY: 1 / map.scaleY,
    offsetX: -map.offsetX / map.scaleX,
    offsetY: -map.offsetY / map.scaleY,
  };
}

/** Keypoints in the picture that the map leads to. Depth and visibility stay as they are. */
export function mapKeypoints(annotation: Keypoints, map: AffineMap): Keypoints {
  return { ...annotation, points: annotation.points.map((point) => mapPoint(point, map)) };
}

function mapPoint(point: Keypoint, map: AffineMap): Keypoint {
  return { ...point, x: point.x * map.scaleX + map.offsetX, y: point.y * map.scaleY + map.offsetY };
}
