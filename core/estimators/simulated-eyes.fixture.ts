import type { ImageBatch } from '../base/image-batch.ts';
import { EYE_34 } from '../contract/keypoint-layouts.ts';
import { simulateEye } from '../datasets/simulators/eye.ts';
import type { KeypointLabels, TripwireLabels } from './tripwire-labels.ts';

/** Simulated eyes of 55×35, cut out of larger pictures, so that they can be moved with nothing repeated at the border. */
export interface SimulatedEyes {
  /** The pictures moved by whole pixels to the right and down; labels stay those of the unmoved ones. */
  moved(x: number, y: number): ImageBatch;
  readonly images: ImageBatch;
  readonly gaze: TripwireLabels;
  readonly keypoints: KeypointLabels;
}

const WIDTH_PX = 55;
const HEIGHT_PX = 35;
const MARGIN_PX = 3;
const POINTS = EYE_34.names.length;

export function simulateEyes(count: number, seed: number): SimulatedEyes {
  const fullWidthPx = WIDTH_PX + 2 * MARGIN_PX;
  const eyes = Array.from({ length: count }, (_, index) =>
    simulateEye(seed, index, {
      widthPx: fullWidthPx,
      heightPx: HEIGHT_PX + 2 * MARGIN_PX,
      viewWidthMm: [38, 43],
      supersampling: 1,
    }),
  );
  const moved = (x: number, y: number): ImageBatch => {
    const images = new Float32Array(count * WIDTH_PX * HEIGHT_PX);
    for (let place = 0; place < images.length; place++) {
      const pixel = place % (WIDTH_PX * HEIGHT_PX);
      const row = Math.floor(pixel / WIDTH_PX) + MARGIN_PX - y;
      const column = (pixel % WIDTH_PX) + MARGIN_PX - x;
      const { pixels } = eyes[Math.floor(place / (WIDTH_PX * HEIGHT_PX))];
      images[place] = pixels[row * fullWidthPx + column] / 127.5 - 1;
    }
    return { images, count, heightPx: HEIGHT_PX, widthPx: WIDTH_PX, channels: 1 };
  };
  const vectors = new Float32Array(3 * count);
  const points = new Float32Array(2 * POINTS * count);
  const visibility = new Uint8Array(POINTS * count);
  for (const [index, { annotations }] of eyes.entries()) {
    for (const annotation of annotations) {
      if (annotation.kind === 'gaze') vectors.set(annotation.vector, 3 * index);
      if (annotation.kind !== 'keypoints') continue;
      for (const [place, point] of annotation.points.entries()) {
        points.set([point.x - MARGIN_PX, point.y - MARGIN_PX], 2 * (index * POINTS + place));
        visibility[index * POINTS + place] = point.visibility;
      }
    }
  }
  return {
    moved,
    images: moved(0, 0),
    gaze: { kind: 'gaze', vectors },
    keypoints: { kind: 'keypoints', points, visibility },
  };
}
