import type { Annotation, Keypoint } from '../contract/annotation.ts';

/** An annotation as columns of the table `annotations`. */
export interface AnnotationColumns {
  readonly kind: Annotation['kind'];
  readonly pitchRad: number | null;
  readonly yawRad: number | null;
  readonly vectorX: number | null;
  readonly vectorY: number | null;
  readonly vectorZ: number | null;
  readonly layout: string | null;
  readonly points: Buffer | null;
  readonly category: string | null;
}

const EMPTY = {
  pitchRad: null,
  yawRad: null,
  vectorX: null,
  vectorY: null,
  vectorZ: null,
  layout: null,
  points: null,
  category: null,
};

/** Bytes of one keypoint: float32 x, y, z (NaN where unknown), little endian, then visibility. */
const POINT_BYTES = 13;

/** Coordinates of keypoints are rounded to float32; everything else is kept exactly. */
export function toColumns(annotation: Annotation): AnnotationColumns {
  switch (annotation.kind) {
    case 'gaze':
      return {
        ...EMPTY,
        kind: 'gaze',
        pitchRad: annotation.pitchRad,
        yawRad: annotation.yawRad,
        vectorX: annotation.vector[0],
        vectorY: annotation.vector[1],
        vectorZ: annotation.vector[2],
      };
    case 'keypoints':
      return {
        ...EMPTY,
        kind: 'keypoints',
        layout: annotation.layout,
        points: packPoints(annotation.points),
      };
    case 'category':
      return { ...EMPTY, kind: 'category', category: annotation.name };
  }
}

/** The inverse of `toColumns`. The table's checks guarantee the columns of each kind. */
export function fromColumns(row: AnnotationColumns): Annotation {
  switch (row.kind) {
    case 'gaze':
      return {
        kind: 'gaze',
        vector: [Number(row.vectorX), Number(row.vectorY), Number(row.vectorZ)],
        pitchRad: Number(row.pitchRad),
        yawRad: Number(row.yawRad),
      };
    case 'keypoints':
      return {
        kind: 'keypoints',
        layout: row.layout ?? '',
        points: unpackPoints(row.points ?? Buffer.alloc(0)),
      };
    case 'category':
      return { kind: 'category', name: row.category ?? '' };
  }
}

function packPoints(points: readonly Keypoint[]): Buffer {
  const bytes = Buffer.allocUnsafe(points.length * POINT_BYTES);
  let offset = 0;
  for (const point of points) {
    bytes.writeFloatLE(point.x, offset);
    bytes.writeFloatLE(point.y, offset + 4);
    bytes.writeFloatLE(point.zMm ?? NaN, offset + 8);
    bytes[offset + 12] = point.visibility;
    offset += POINT_BYTES;
  }
  return bytes;
}

function unpackPoints(bytes: Buffer): Keypoint[] {
  const points: Keypoint[] = [];
  for (let offset = 0; offset < bytes.length; offset += POINT_BYTES) {
    const zMm = bytes.readFloatLE(offset + 8);
    const code = bytes[offset + 12];
    points.push({
      x: bytes.readFloatLE(offset),
      y: bytes.readFloatLE(offset + 4),
      ...(Number.isNaN(zMm) ? {} : { zMm }),
      visibility: code === 2 ? 2 : code === 1 ? 1 : 0,
    });
  }
  return points;
}
