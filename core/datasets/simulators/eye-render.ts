import { createEyeballShader } from './eyeball.ts';
import type { Eyeball, Shader } from './eyeball.ts';
import { drawLashes } from './eye-lashes.ts';
import { lidAt } from './eye-lids.ts';
import type { Lids } from './eye-lids.ts';
import type { PixelGrid } from './eye-relief.ts';
import type { EyeOptions, EyeScene } from './eye-scene.ts';
import { shadeSkin } from './eye-skin.ts';
import { clamp } from './simulated-image.ts';

/** Width of the wet edge of the lower lid, and of the dark line of lash roots on the upper one. */
const LOWER_EDGE_MM = 0.9;
const UPPER_EDGE_MM = 1.5;
/** Farther than this from the opening there is only skin, whose light does not change within a pixel. */
const FINE_REACH_MM = 2.5;
/** Farthest that lashes reach from the lids. */
const LASH_REACH_MM = 7;

/** Linear light per pixel, RGB: skin once per pixel, the opening and the lids' edges finer, lashes over both. */
export function renderEyeLight(
  scene: EyeScene,
  lids: Lids,
  eyeball: Eyeball,
  { widthPx, heightPx, supersampling }: EyeOptions,
): Float32Array {
  const grid = pixelGrid(scene, widthPx, heightPx);
  const light = shadeSkin(scene, lids, grid);
  const lashes = drawLashes(scene, lids, widthPx, heightPx, supersampling);
  const shadeOpening = createOpeningShader(scene, lids, createEyeballShader(scene, eyeball, lids));
  const sample = new Float64Array(3);
  const samples = supersampling * supersampling;
  const fineWidth = widthPx * supersampling;
  for (let row = 0; row < heightPx; row++) {
    for (let column = 0; column < widthPx; column++) {
      const centreX = grid.originX + column * grid.rightX + row * grid.downX;
      const centreY = grid.originY + column * grid.rightY + row * grid.downY;
      if (centreY < lids.topY - LASH_REACH_MM || centreY > lids.bottomY + LASH_REACH_MM) continue;
      const distance = Math.max(lidAt(lids.upper, centreX) - centreY, centreY - lidAt(lids.lower, centreX));
      const onlySkin = distance > FINE_REACH_MM;
      const at = (row * widthPx + column) * 3;
      const skin = light.subarray(at, at + 3);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let place = 0; place < samples; place++) {
        const fineColumn = place % supersampling;
        const fineRow = (place - fineColumn) / supersampling;
        const through =
          lashes[(row * supersampling + fineRow) * fineWidth + column * supersampling + fineColumn];
        if (onlySkin) {
          red += skin[0] * through;
          green += skin[1] * through;
          blue += skin[2] * through;
          continue;
        }
        const right = (fineColumn + 0.5) / supersampling - 0.5;
        const down = (fineRow + 0.5) / supersampling - 0.5;
        const x = centreX + right * grid.rightX + down * grid.downX;
        const y = centreY + right * grid.rightY + down * grid.downY;
        shadeOpening(x, y, skin, sample);
        red += sample[0] * through;
        green += sample[1] * through;
        blue += sample[2] * through;
      }
      light[at] = red / samples;
      light[at + 1] = green / samples;
      light[at + 2] = blue / samples;
    }
  }
  return light;
}

/** The eyeball between the lids; else the pixel's skin, brighter on the lower lid's edge, darker at the lashes' roots. */
function createOpeningShader(
  { person }: EyeScene,
  lids: Lids,
  shadeEyeball: Shader,
): (x: number, y: number, skin: Float32Array, light: Float64Array) => void {
  return (x, y, skin, light) => {
    const upper = lidAt(lids.upper, x);
    const lower = lidAt(lids.lower, x);
    if (y > upper && y < lower) {
      shadeEyeball(x, y, light);
      return;
    }
    const fromCorners = clamp(Math.min(x - lids.innerX, lids.outerX - x) / 4, 0, 1);
    let edge = 1;
    if (y >= lower && y < lower + LOWER_EDGE_MM) edge += 0.18 * fromCorners;
    else if (y <= upper && y > upper - UPPER_EDGE_MM) {
      edge -= person.lashLineDarkness * fromCorners * Math.sqrt(1 - (upper - y) / UPPER_EDGE_MM);
    }
    light[0] = skin[0] * edge;
    light[1] = skin[1] * edge;
    light[2] = skin[2] * edge;
  };
}

/** Where pixel centres lie in the canonical plane: the inverse of `toPixel`. */
function pixelGrid(scene: EyeScene, widthPx: number, heightPx: number): PixelGrid {
  const { toCanonical, pxPerMm, centreXPx, centreYPx } = scene;
  const rightX = toCanonical[0][0] / pxPerMm;
  const rightY = toCanonical[1][0] / pxPerMm;
  const downX = toCanonical[0][1] / pxPerMm;
  const downY = toCanonical[1][1] / pxPerMm;
  return {
    widthPx,
    heightPx,
    originX: (0.5 - centreXPx) * rightX + (0.5 - centreYPx) * downX,
    originY: (0.5 - centreXPx) * rightY + (0.5 - centreYPx) * downY,
    rightX,
    rightY,
    downX,
    downY,
  };
}
