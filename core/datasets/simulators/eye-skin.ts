import type { EyeScene } from './eye-scene.ts';
import { lidAt } from './eye-lids.ts';
import type { Lids } from './eye-lids.ts';
import { buildRelief, creaseAt } from './eye-relief.ts';
import type { PixelGrid } from './eye-relief.ts';
import { valueNoise } from './noise.ts';
import { clamp, smoothStep } from './simulated-image.ts';

/**
 * Light from the skin around the eye, one linear RGB triple per pixel: a relief (bulge over the eyeball, crease, fold
 * under the eye, brow ridge, nose) lit by the scene, with a texture, shade in the hollows, and the brow.
 */
export function shadeSkin(scene: EyeScene, lids: Lids, grid: PixelGrid): Float32Array {
  const relief = buildRelief(scene, lids, grid);
  const { person, lights, ambientUpper, ambientLower, head } = scene;
  const { widthPx, heightPx } = grid;
  const stride = widthPx + 2;
  const mmPerPx = Math.hypot(grid.rightX, grid.rightY);
  const skin = new Float32Array(widthPx * heightPx * 3);
  for (let row = 0; row < heightPx; row++) {
    for (let column = 0; column < widthPx; column++) {
      const x = grid.originX + column * grid.rightX + row * grid.downX;
      const y = grid.originY + column * grid.rightY + row * grid.downY;
      const place = (row + 1) * stride + column + 1;
      const slopeColumn = (relief[place + 1] - relief[place - 1]) / (2 * mmPerPx);
      const slopeRow = (relief[place + stride] - relief[place - stride]) / (2 * mmPerPx);
      // The relief rises toward the viewer, −z; its gradient is turned from pixel axes to canonical ones.
      const slopeX = (slopeColumn * grid.rightX + slopeRow * grid.downX) / mmPerPx;
      const slopeY = (slopeColumn * grid.rightY + slopeRow * grid.downY) / mmPerPx;
      const inverse = 1 / Math.sqrt(1 + slopeX * slopeX + slopeY * slopeY);
      const localX = -slopeX * inverse;
      const localY = -slopeY * inverse;
      const localZ = -inverse;
      const normalX = head[0][0] * localX + head[0][1] * localY + head[0][2] * localZ;
      const normalY = head[1][0] * localX + head[1][1] * localY + head[1][2] * localZ;
      const normalZ = head[2][0] * localX + head[2][1] * localY + head[2][2] * localZ;

      const up = 0.5 - 0.5 * normalY;
      let red = ambientLower[0] + (ambientUpper[0] - ambientLower[0]) * up;
      let green = ambientLower[1] + (ambientUpper[1] - ambientLower[1]) * up;
      let blue = ambientLower[2] + (ambientUpper[2] - ambientLower[2]) * up;
      let shine = 0;
      for (const { direction, colour } of lights) {
        const cosine = normalX * direction[0] + normalY * direction[1] + normalZ * direction[2];
        const lit = Math.max(0, (cosine + 0.12) / 1.12);
        red += colour[0] * lit;
        green += colour[1] * lit;
        blue += colour[2] * lit;
        const mirrored =
          -2 * normalZ * (normalX * direction[0] + normalY * direction[1]) +
          (1 - 2 * normalZ * normalZ) * direction[2];
        if (mirrored > 0.3) shine += colour[1] * mirrored ** 8;
      }
      const above = lidAt(lids.upper, x) - y;
      const below = y - lidAt(lids.lower, x);
      const texture = skinTexture(person.textureOffset, x, y, person.skinRoughness);
      const flush = 0.1 * Math.exp(-Math.max(0, below) / 3) + 0.06 * Math.exp(-Math.max(0, above) / 3);
      const shade = texture * hollowShade(scene, lids, x, y, above, below);
      const brow = browCover(scene, x, y);
      const at = (row * widthPx + column) * 3;
      const glow = person.skinShine * shine * texture;
      skin[at] = mix(person.skinColour[0] * red * shade + glow, person.hairColour[0] * red, brow);
      skin[at + 1] = mix(
        person.skinColour[1] * (1 - flush) * green * shade + glow,
        person.hairColour[1] * green,
        brow,
      );
      skin[at + 2] = mix(
        person.skinColour[2] * (1 - flush) * blue * shade + glow,
        person.hairColour[2] * blue,
        brow,
      );
    }
  }
  return skin;
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function skinTexture(offset: number, x: number, y: number, roughness: number): number {
  const coarse = valueNoise(x * 0.28 + offset, y * 0.28 - offset) - 0.5;
  const middle = valueNoise(x * 0.9 - offset, y * 0.9 + 31) - 0.5;
  const fine = valueNoise(x * 1.9 + 57, y * 2.3 + offset) - 0.5;
  return 1 + roughness * (0.16 * coarse + 0.1 * middle + 0.12 * fine);
}

/** Light that does not reach: the crease, under the lashes, the inner corner below the brow, around the eye. */
function hollowShade(
  scene: EyeScene,
  lids: Lids,
  x: number,
  y: number,
  above: number,
  below: number,
): number {
  const { person } = scene;
  const crease = creaseAt(scene, lids, x);
  const line =
    0.55 * person.creaseDepth * crease.presence * Math.exp(-(((above - crease.heightMm + 0.25) / 0.45) ** 2));
  const socket =
    person.socketDarkness *
    (0.9 * Math.exp(-(((x + 14) / 5.5) ** 2) - ((y + 4) / 6) ** 2) +
      0.35 * Math.exp(-(((x - 1) / 16) ** 2) - ((y + 1) / 9) ** 2));
  const underLower = 0.22 * crease.presence * Math.exp(-Math.max(0, below) / 1.1);
  const cornerX = x < 0 ? lids.innerX : lids.outerX;
  const cornerY = lidAt(lids.lower, cornerX);
  const toCorner = Math.sqrt((x - cornerX) ** 2 + (y - cornerY) ** 2);
  const corner = 0.4 * Math.exp(-toCorner / 1.6);
  return (1 - line) * (1 - Math.min(0.85, socket)) * (1 - underLower) * (1 - corner);
}

/** Share of a pixel that brow hair covers. */
function browCover(scene: EyeScene, x: number, y: number): number {
  const { person, headPitchRad } = scene;
  const browY = -person.browHeight - 5 * Math.sin(headPitchRad);
  const along = clamp((x + 16) / 32, 0, 1);
  const line = browY - 3 * Math.sin(Math.PI * Math.min(1, along * 0.8)) + person.browTilt * (10 - x);
  const thickness = person.browThickness * (1.1 - 0.6 * along);
  const distance = (y - line) / thickness;
  if (distance > 2.2 || distance < -2.2 || x < -19) return 0;
  const streaks = valueNoise(x * 1.6 + y * 1.1 + person.textureOffset, y * 0.5 - x * 0.2);
  const envelope = Math.exp(-(distance ** 2)) * smoothStep(-19, -14, x) * smoothStep(22, 14, x);
  return clamp(person.browDensity * envelope * (0.55 + 0.9 * streaks), 0, 0.95);
}
