import { gazeFromVector } from '../../contract/annotation.ts';
import type { Keypoint, Keypoints } from '../../contract/annotation.ts';
import { EYE_34 } from '../../contract/keypoint-layouts.ts';
import { buildEyeball, createEyeballShader, limbusPoint, seenPupilPoint } from './eyeball.ts';
import type { Eyeball } from './eyeball.ts';
import { drawLashes } from './eye-lashes.ts';
import { buildLids, isOpenAt, lidAt } from './eye-lids.ts';
import type { LidPoint, Lids } from './eye-lids.ts';
import { DEFAULT_EYE_OPTIONS, drawEyeScene } from './eye-scene.ts';
import type { EyeOptions, EyeScene } from './eye-scene.ts';
import { shadeSkin } from './eye-skin.ts';
import type { PixelGrid } from './eye-skin.ts';
import { checkImageSize, clamp, rounded } from './simulated-image.ts';
import type { SimulatedImage } from './simulated-image.ts';
import { toneByte } from './tone.ts';

export { DEFAULT_EYE_OPTIONS } from './eye-scene.ts';
export type { EyeOptions } from './eye-scene.ts';

/** Farthest that the finely sampled region reaches over the lids, mm: lashes and lid edges. */
const LASH_REACH_MM = 5;
/** Width of the wet edge of the lower lid, and of the dark line of lash roots on the upper one. */
const LOWER_EDGE_MM = 0.9;
const UPPER_EDGE_MM = 1.5;

/**
 * A picture of a left or right eye with its gaze and the keypoints of layout `eye-34`. The same seed, index and
 * options give the same bytes on every platform, whatever was made before.
 */
export function simulateEye(seed: number, index: number, options: Partial<EyeOptions> = {}): SimulatedImage {
  const settings: EyeOptions = { ...DEFAULT_EYE_OPTIONS, ...options };
  checkImageSize(settings.widthPx, settings.heightPx);
  const scene = drawEyeScene(seed, index, settings);
  const lids = buildLids(scene);
  const eyeball = buildEyeball(scene);
  const light = renderLight(scene, lids, eyeball, settings);
  return {
    pixels: develop(light, scene.exposureTarget, settings.channels),
    widthPx: settings.widthPx,
    heightPx: settings.heightPx,
    channels: settings.channels,
    bitDepth: 8,
    annotations: [gazeFromVector(...scene.gazeImage), labelKeypoints(scene, lids, eyeball, settings)],
    parameters: {
      person: scene.personName,
      side: scene.side,
      irisColour: scene.person.iris.name,
      skinTone: rounded(scene.person.skinTone),
      headPitchRad: rounded(scene.headPitchRad),
      headYawRad: rounded(scene.side === 'left' ? scene.headYawRad : -scene.headYawRad),
      headRollRad: rounded(scene.headRollRad),
      pupilRadiusMm: rounded(scene.pupilRadius),
      pxPerMm: rounded(scene.pxPerMm),
    },
  };
}

/** Linear light per pixel, RGB: skin once per pixel, the opening and its lashes finer. */
function renderLight(scene: EyeScene, lids: Lids, eyeball: Eyeball, options: EyeOptions): Float32Array {
  const { widthPx, heightPx, supersampling } = options;
  const grid = pixelGrid(scene, widthPx, heightPx);
  const light = shadeSkin(scene, lids, grid);
  const shadeEyeball = createEyeballShader(scene, eyeball, lids);
  const lashes = drawLashes(scene, lids, widthPx, heightPx, supersampling);
  const { person } = scene;
  const sample = new Float64Array(3);
  const share = 1 / (supersampling * supersampling);
  const fineWidth = widthPx * supersampling;
  for (let row = 0; row < heightPx; row++) {
    for (let column = 0; column < widthPx; column++) {
      const centreX = grid.originX + column * grid.rightX + row * grid.downX;
      const centreY = grid.originY + column * grid.rightY + row * grid.downY;
      if (centreY < lids.topY - LASH_REACH_MM || centreY > lids.bottomY + LASH_REACH_MM) continue;
      const at = (row * widthPx + column) * 3;
      const skin0 = light[at];
      const skin1 = light[at + 1];
      const skin2 = light[at + 2];
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let sub = 0; sub < supersampling * supersampling; sub++) {
        const subColumn = sub % supersampling;
        const subRow = (sub - subColumn) / supersampling;
        const right = (subColumn + 0.5) / supersampling - 0.5;
        const down = (subRow + 0.5) / supersampling - 0.5;
        const x = centreX + right * grid.rightX + down * grid.downX;
        const y = centreY + right * grid.rightY + down * grid.downY;
        const upper = lidAt(lids.upper, x);
        const lower = lidAt(lids.lower, x);
        if (y > upper && y < lower) {
          shadeEyeball(x, y, sample);
        } else {
          let edge = 1;
          const inside = clamp(Math.min(x - lids.innerX, lids.outerX - x) / 4, 0, 1);
          if (y >= lower && y < lower + LOWER_EDGE_MM) edge += 0.18 * inside;
          else if (y <= upper && y > upper - UPPER_EDGE_MM) {
            edge -= person.lashLineDarkness * inside * Math.sqrt(1 - (upper - y) / UPPER_EDGE_MM);
          }
          sample[0] = skin0 * edge;
          sample[1] = skin1 * edge;
          sample[2] = skin2 * edge;
        }
        const through =
          lashes[(row * supersampling + subRow) * fineWidth + column * supersampling + subColumn];
        red += sample[0] * through;
        green += sample[1] * through;
        blue += sample[2] * through;
      }
      light[at] = red * share;
      light[at + 1] = green * share;
      light[at + 2] = blue * share;
    }
  }
  return light;
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

/** Exposes so that the picture's mean light is the target, then encodes it; grey is the luminance (Rec. 709). */
function develop(light: Float32Array, target: number, channels: 1 | 3): Uint8Array {
  let sum = 0;
  for (let at = 0; at < light.length; at += 3) sum += light[at + 1];
  const gain = target / Math.max(1e-6, sum / (light.length / 3));
  const pixels = new Uint8Array((light.length / 3) * channels);
  if (channels === 3) {
    for (let at = 0; at < light.length; at++) pixels[at] = toneByte(light[at] * gain);
    return pixels;
  }
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const at = pixel * 3;
    pixels[pixel] = toneByte((0.2126 * light[at] + 0.7152 * light[at + 1] + 0.0722 * light[at + 2]) * gain);
  }
  return pixels;
}

function labelKeypoints(scene: EyeScene, lids: Lids, eyeball: Eyeball, options: EyeOptions): Keypoints {
  const { toImage, pxPerMm, centreXPx, centreYPx } = scene;
  const point = (x: number, y: number, open: boolean): Keypoint => {
    const imageX = centreXPx + (toImage[0][0] * x + toImage[0][1] * y) * pxPerMm;
    const imageY = centreYPx + (toImage[1][0] * x + toImage[1][1] * y) * pxPerMm;
    const inFrame = imageX >= 0 && imageY >= 0 && imageX < options.widthPx && imageY < options.heightPx;
    return { x: imageX, y: imageY, visibility: open && inFrame ? 2 : 1 };
  };
  const onEyeball = ([x, y]: readonly [number, number, ...number[]]): Keypoint =>
    point(x, y, isOpenAt(lids, x, y));
  const eighths = Array.from({ length: 8 }, (_, step) => (step * Math.PI) / 4);
  const pupil = eighths.map((angle) => seenPupilPoint(eyeball, angle));
  const pupilCentre = mean(pupil);
  const iris = eighths.map((angle) => limbusPoint(eyeball, angle));
  const irisCentre = mean(iris.map(([x, y]) => [x, y]));
  const edgePoints = (edge: readonly LidPoint[]): Keypoint[] => {
    const points = Array.from({ length: 7 }, (_, step) => {
      const { x, y } = edge[Math.round(((step + 1) / 8) * (edge.length - 1))];
      return point(x, y, true);
    });
    return scene.side === 'left' ? points : points.reverse();
  };
  const first = lids.upperEdge[0];
  const last = lids.upperEdge[lids.upperEdge.length - 1];
  const corners = [point(first.x, first.y, true), point(last.x, last.y, true)];
  return {
    kind: 'keypoints',
    layout: EYE_34.id,
    points: [
      onEyeball(pupilCentre),
      onEyeball(irisCentre),
      ...pupil.map(onEyeball),
      ...iris.map(onEyeball),
      ...(scene.side === 'left' ? corners : corners.reverse()),
      ...edgePoints(lids.upperEdge),
      ...edgePoints(lids.lowerEdge),
    ],
  };
}

function mean(points: readonly (readonly [number, number])[]): readonly [number, number] {
  const sumX = points.reduce((sum, [x]) => sum + x, 0);
  const sumY = points.reduce((sum, [, y]) => sum + y, 0);
  return [sumX / points.length, sumY / points.length];
}
