import { gazeFromVector } from '../../contract/annotation.ts';
import { buildEyeball } from './eyeball.ts';
import { labelKeypoints } from './eye-labels.ts';
import { buildLids } from './eye-lids.ts';
import { renderEyeLight } from './eye-render.ts';
import { DEFAULT_EYE_OPTIONS, drawEyeScene } from './eye-scene.ts';
import type { EyeOptions } from './eye-scene.ts';
import { checkImageSize, checkRanges, rounded } from './simulated-image.ts';
import type { SimulatedImage } from './simulated-image.ts';
import { toneByte } from './tone.ts';

export type { EyeOptions } from './eye-scene.ts';

/**
 * A picture of a left or right eye with its gaze and the keypoints of layout `eye-34`. The same seed, index and
 * options give the same bytes on every platform, whatever was made before.
 */
export function simulateEye(seed: number, index: number, options: Partial<EyeOptions> = {}): SimulatedImage {
  const settings: EyeOptions = { ...DEFAULT_EYE_OPTIONS, ...options };
  checkImageSize(settings.widthPx, settings.heightPx);
  checkRanges(settings);
  if (![1, 2, 3, 4, 5, 6, 7, 8].includes(settings.supersampling)) {
    throw new RangeError(`Supersampling must be 1 to 8, not ${settings.supersampling}.`);
  }
  const scene = drawEyeScene(seed, index, settings);
  const lids = buildLids(scene);
  const eyeball = buildEyeball(scene);
  const light = renderEyeLight(scene, lids, eyeball, settings);
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
