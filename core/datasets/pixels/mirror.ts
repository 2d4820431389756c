import { assertNever } from '../../base/assert.ts';
import { gazeFromVector } from '../../contract/annotation.ts';
import type { Annotation } from '../../contract/annotation.ts';
import { EYE_34 } from '../../contract/keypoint-layouts.ts';
import { mapKeypoints } from './geometry.ts';
import { newPixels, bitDepthOf } from './raster.ts';
import type { Raster } from './raster.ts';

/** The picture with left and right exchanged. */
export function mirrorRaster<Image extends Raster>(image: Image): Image {
  const { widthPx, heightPx, channels } = image;
  const pixels = newPixels(image.pixels.length, bitDepthOf(image.pixels));
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const from = (y * widthPx + x) * channels;
      const to = (y * widthPx + widthPx - 1 - x) * channels;
      for (let channel = 0; channel < channels; channel++)
        pixels[to + channel] = image.pixels[from + channel];
    }
  }
  return { ...image, pixels };
}

/**
 * The label of the mirrored picture: gaze yaw changes its sign, keypoints move to width − x, and points whose names
 * say left, right or "clockwise from the right" change places.
 */
export function mirrorAnnotation(annotation: Annotation, widthPx: number): Annotation {
  switch (annotation.kind) {
    case 'gaze': {
      const [x, y, z] = annotation.vector;
      return gazeFromVector(-x, y, z);
    }
    case 'keypoints': {
      const moved = mapKeypoints(annotation, { scaleX: -1, scaleY: 1, offsetX: widthPx, offsetY: 0 });
      if (annotation.layout !== EYE_34.id) return moved;
      return { ...moved, points: EYE_34_MIRROR.map((index) => moved.points[index]) };
    }
    case 'category':
      return annotation;
    default:
      return assertNever(annotation, 'annotation');
  }
}

/** At each place of the mirrored layout, the index of the point that comes there. */
const EYE_34_MIRROR: readonly number[] = EYE_34.names.map((name) => {
  const index = EYE_34.names.indexOf(mirroredName(name));
  if (index < 0) throw new Error(`The layout ${EYE_34.id} has no mirror image of ${name}.`);
  return index;
});

function mirroredName(name: string): string {
  const match = /^(.*)-(left|right|\d+)$/.exec(name);
  if (!match) return name;
  const [, stem, side] = match;
  if (side === 'left') return `${stem}-right`;
  if (side === 'right') return `${stem}-left`;
  // Contours of 8 start at the right and go round; lids of 7 run from left to right.
  const index = Number(side);
  return `${stem}-${stem.startsWith('lid') ? 6 - index : (12 - index) % 8}`;
}
