import type { EyeScene } from './eye-scene.ts';
import { lidAt } from './eye-lids.ts';
import type { Lids } from './eye-lids.ts';
import { smoothStep } from './simulated-image.ts';

/** The picture's pixels in the canonical plane: position of the first pixel's centre and the steps between pixels. */
export interface PixelGrid {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly originX: number;
  readonly originY: number;
  /** Canonical mm per pixel to the right and per pixel down. */
  readonly rightX: number;
  readonly rightY: number;
  readonly downX: number;
  readonly downY: number;
}

/** The fold over the upper lid at x: its height over the lid's edge in mm, and how present it is, 0–1. */
export interface Crease {
  readonly heightMm: number;
  readonly presence: number;
}

/** A lid that hangs shows more skin below its fold; the fold runs out beyond the corners. */
export function creaseAt(scene: EyeScene, lids: Lids, x: number): Crease {
  const { dropMm } = lids;
  const middleX = (lids.innerX + lids.outerX) / 2;
  const halfWidth = (lids.outerX - lids.innerX) / 2;
  const presence = 1 - smoothStep(0.75, 1.3, Math.abs(x - middleX) / halfWidth);
  const full = scene.person.creaseHeight + (dropMm > 0 ? 0.5 : 0.35) * dropMm;
  return { heightMm: Math.max(0.6, full * (0.5 + 0.5 * presence)), presence };
}

/**
 * Height of the skin over the picture plane, mm, on the pixel grid with one pixel more on every side: the bulge over
 * the eyeball, nose, brow ridge, the hollow at the inner corner, the upper lid's fold, the fold under the eye.
 */
export function buildRelief(scene: EyeScene, lids: Lids, grid: PixelGrid): Float32Array {
  const { person, headYawRad, headPitchRad } = scene;
  const { widthPx, heightPx } = grid;
  const relief = new Float32Array((widthPx + 2) * (heightPx + 2));
  // What stands out of the plane moves sideways when the head turns.
  const noseX = -person.noseDistance - 9 * Math.sin(headYawRad);
  const browY = -person.browHeight - 6 * Math.sin(headPitchRad) + 1.5;
  let place = 0;
  for (let row = -1; row <= heightPx; row++) {
    for (let column = -1; column <= widthPx; column++) {
      const x = grid.originX + column * grid.rightX + row * grid.downX;
      const y = grid.originY + column * grid.rightY + row * grid.downY;
      const above = lidAt(lids.upper, x) - y;
      const below = y - lidAt(lids.lower, x);
      const crease = creaseAt(scene, lids, x);
      const within = crease.presence;
      const bulge = 4.5 * Math.exp(-(x * x) / 200 - (y * y) / 110);
      const nose = 8 / (1 + Math.exp((x - noseX) / 3.2));
      const ridge =
        (person.browRidge * Math.exp(-(((y - browY) / 5.5) ** 2))) / (1 + Math.exp(-(x + 15) / 3));
      const hollow = -1 * Math.exp(-(((x + 13) / 7.5) ** 2) - ((y + 8) / 6.5) ** 2);
      // A step: the lid lies deeper than the fold that hangs over it.
      const fold = person.creaseDepth * 0.8 * within * smoothStep(-0.7, 1.1, above - crease.heightMm);
      const bagLine = below - person.bagDistance * (0.75 + 0.25 * within);
      const bag = person.bagDepth * within * (smoothStep(1.8, -1.8, bagLine) - 1);
      const lidEdge = 0.35 * within * smoothStep(0, 1.6, Math.max(above, below));
      relief[place++] = bulge + nose + ridge + hollow + fold + bag + lidEdge;
    }
  }
  return relief;
}
