import { createRandom } from '../../base/random.ts';

const SIZE = 128;
const MASK = SIZE - 1;
const LATTICE = buildLattice();

function buildLattice(): Float32Array {
  const random = createRandom(20161222, 'noise-lattice');
  return Float32Array.from({ length: SIZE * SIZE }, () => random.uniform());
}

/** Smooth value noise in [0, 1), mean 0.5, with features of about one unit; repeats after 128 units. */
export function valueNoise(x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fractionX = x - left;
  const fractionY = y - top;
  const blendX = fractionX * fractionX * (3 - 2 * fractionX);
  const blendY = fractionY * fractionY * (3 - 2 * fractionY);
  const x0 = left & MASK;
  const x1 = (left + 1) & MASK;
  const row0 = (top & MASK) * SIZE;
  const row1 = ((top + 1) & MASK) * SIZE;
  const upper = LATTICE[row0 + x0] + (LATTICE[row0 + x1] - LATTICE[row0 + x0]) * blendX;
  const lower = LATTICE[row1 + x0] + (LATTICE[row1 + x1] - LATTICE[row1 + x0]) * blendX;
  return upper + (lower - upper) * blendY;
}
