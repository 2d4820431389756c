import { clamp } from './simulated-image.ts';

const BLOCK = 8;

/** Quantisation steps of luminance at quality 50 (ITU-T T.81, Table K.1). */
const LUMINANCE_STEPS = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/** Row k: the k-th cosine of an orthonormal 8-point DCT-II. */
const COSINES = Float64Array.from({ length: BLOCK * BLOCK }, (_, place) => {
  const frequency = Math.floor(place / BLOCK);
  const norm = Math.sqrt((frequency === 0 ? 1 : 2) / BLOCK);
  return norm * Math.cos(((2 * (place % BLOCK) + 1) * frequency * Math.PI) / (2 * BLOCK));
});

/** Where the grid of blocks lies over the picture: a crop of a larger frame starts anywhere in a block. */
export interface BlockOffset {
  readonly x: number;
  readonly y: number;
}

/**
 * What JPEG loses: 8×8 blocks of a plane (0–255) are quantised in the frequencies of the DCT at a quality of 1–100
 * (scaled as the Independent JPEG Group does) and put back in place. Border blocks repeat the last row and column.
 */
export function compressPlane(
  plane: Float32Array,
  widthPx: number,
  heightPx: number,
  quality: number,
  offset: BlockOffset,
): void {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const steps = LUMINANCE_STEPS.map((step) => clamp(Math.floor((step * percent + 50) / 100), 1, 255));
  const block = new Float64Array(BLOCK * BLOCK);
  const scratch = new Float64Array(BLOCK * BLOCK);
  for (let top = -offset.y; top < heightPx; top += BLOCK) {
    for (let left = -offset.x; left < widthPx; left += BLOCK) {
      for (let place = 0; place < BLOCK * BLOCK; place++) {
        const x = clamp(left + (place % BLOCK), 0, widthPx - 1);
        const y = clamp(top + Math.floor(place / BLOCK), 0, heightPx - 1);
        block[place] = plane[y * widthPx + x] - 128;
      }
      // Rows of the block times cosines, transposed, twice: the transform in both directions.
      project(block, scratch, false);
      project(scratch, block, false);
      for (let place = 0; place < BLOCK * BLOCK; place++) {
        block[place] = Math.round(block[place] / steps[place]) * steps[place];
      }
      project(block, scratch, true);
      project(scratch, block, true);
      for (let place = 0; place < BLOCK * BLOCK; place++) {
        const x = left + (place % BLOCK);
        const y = top + Math.floor(place / BLOCK);
        if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) continue;
        plane[y * widthPx + x] = clamp(block[place] + 128, 0, 255);
      }
    }
  }
}

/** Transforms each row and writes it as a column, so that two calls transform both directions and turn nothing. */
function project(from: Float64Array, to: Float64Array, inverse: boolean): void {
  for (let row = 0; row < BLOCK; row++) {
    for (let k = 0; k < BLOCK; k++) {
      let sum = 0;
      for (let n = 0; n < BLOCK; n++) {
        sum += from[row * BLOCK + n] * COSINES[inverse ? n * BLOCK + k : k * BLOCK + n];
      }
      to[k * BLOCK + row] = sum;
    }
  }
}
