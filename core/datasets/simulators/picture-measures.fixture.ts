import type { Gaze, Keypoints } from '../../contract/annotation.ts';
import type { SimulatedImage } from './simulated-image.ts';

export function gazeOf(image: SimulatedImage): Gaze {
  const gaze = image.annotations.find((annotation) => annotation.kind === 'gaze');
  if (!gaze) throw new Error('The image has no gaze.');
  return gaze;
}

export function keypointsOf(image: SimulatedImage): Keypoints {
  const keypoints = image.annotations.find((annotation) => annotation.kind === 'keypoints');
  if (!keypoints) throw new Error('The image has no keypoints.');
  return keypoints;
}

/** Grey at a place in pixels, between pixel centres; the outermost pixels go on beyond the border. */
export function sampleGrey({ pixels, widthPx, heightPx }: SimulatedImage, x: number, y: number): number {
  const column = Math.max(0, Math.min(widthPx - 1.001, x - 0.5));
  const row = Math.max(0, Math.min(heightPx - 1.001, y - 0.5));
  const place = Math.floor(row) * widthPx + Math.floor(column);
  const shareX = column - Math.floor(column);
  const shareY = row - Math.floor(row);
  const upper = pixels[place] * (1 - shareX) + pixels[place + 1] * shareX;
  const lower = pixels[place + widthPx] * (1 - shareX) + pixels[place + widthPx + 1] * shareX;
  return upper * (1 - shareY) + lower * shareY;
}

/**
 * Middle of the pupil and iris as found in the picture alone: the darkest disc in the middle part of a 55×35 eye, then
 * the centroid of what is dark around it.
 */
export function darkestBlob(image: SimulatedImage): { x: number; y: number } {
  const disc = darkestDisc(image, 4);
  const { pixels, widthPx } = image;
  const threshold = (disc.grey + median(pixels)) / 2;
  let [sum, sumX, sumY] = [0, 0, 0];
  pixels.forEach((grey, place) => {
    const x = (place % widthPx) + 0.5;
    const y = Math.floor(place / widthPx) + 0.5;
    if (Math.hypot(x - disc.x, y - disc.y) > 9 || grey > threshold) return;
    const weight = threshold - grey + 1;
    sum += weight;
    sumX += weight * x;
    sumY += weight * y;
  });
  return { x: sumX / sum, y: sumY / sum };
}

function darkestDisc(
  { pixels, widthPx, heightPx }: SimulatedImage,
  radius: number,
): { x: number; y: number; grey: number } {
  let best = { x: 0, y: 0, grey: Infinity };
  for (let y = 8; y < heightPx - 8; y++) {
    for (let x = 13; x < widthPx - 13; x++) {
      let sum = 0;
      let count = 0;
      for (let down = -radius; down <= radius; down++) {
        for (let right = -radius; right <= radius; right++) {
          if (right * right + down * down > radius * radius) continue;
          sum += pixels[(y + down) * widthPx + x + right];
          count++;
        }
      }
      if (sum / count < best.grey) best = { x: x + 0.5, y: y + 0.5, grey: sum / count };
    }
  }
  return best;
}

export function median(values: ArrayLike<number>): number {
  return Float64Array.from(values).sort()[values.length >> 1];
}

/** Pearson's r. */
export function correlation(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanLeft = mean(left);
  const meanRight = mean(right);
  let product = 0;
  let squareLeft = 0;
  let squareRight = 0;
  left.forEach((value, place) => {
    product += (value - meanLeft) * (right[place] - meanRight);
    squareLeft += (value - meanLeft) ** 2;
    squareRight += (right[place] - meanRight) ** 2;
  });
  return product / Math.sqrt(squareLeft * squareRight);
}
