import { createRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import { equaliseHistogram, greyOf } from '../pixels/normalise.ts';
import { resample } from '../pixels/resample.ts';
import { compressPlane } from './compression.ts';
import { blurPlane, smearPlane } from './blur.ts';
import type { Plane } from './blur.ts';
import { checkRanges, clamp, drawFrom, rounded } from './simulated-image.ts';
import type { Range, SimulatedImage } from './simulated-image.ts';
import { linearLight, sRgb } from './tone.ts';

export interface CameraOptions {
  readonly exposureStops: Range;
  /** Exponent of the tone curve: above 1 is harder. */
  readonly contrast: Range;
  /** How much darker the side away from a lamp is, 0–1. */
  readonly sideShadow: Range;
  /** Factor between red and blue gain (colour only). */
  readonly colourCast: Range;
  readonly defocusPx: Range;
  readonly motionPx: Range;
  /** Pixels of the sensor per pixel of the picture. */
  readonly resolution: Range;
  /** Electrons of a white pixel: fewer, more shot noise. */
  readonly fullWellElectrons: Range;
  readonly readNoiseElectrons: Range;
  /** JPEG quality 1–100. */
  readonly jpegQuality: Range;
  /** Histogram equalisation of the finished crop, as MPIIGaze has it. */
  readonly equalise: boolean;
}

const DEFAULT_CAMERA_OPTIONS: CameraOptions = {
  exposureStops: [-0.8, 0.6],
  contrast: [0.8, 1.4],
  sideShadow: [0, 0.8],
  colourCast: [0.75, 1.3],
  defocusPx: [0.3, 0.85],
  motionPx: [0, 1.3],
  resolution: [0.7, 1],
  fullWellElectrons: [1200, 9000],
  readNoiseElectrons: [2, 9],
  jpegQuality: [70, 96],
  equalise: true,
};

/**
 * The picture as a webcam would have taken it, 8 bit, at the same size: lamp and shadow, lens, sensor noise, tone
 * curve, compression, equalisation. Nothing moves, so the labels are those of the input. The light is taken from the
 * pixels as sRGB. The same seed and index give the same bytes. A RangeError for a 16-bit image.
 */
export function photograph(
  image: SimulatedImage,
  seed: number,
  index: number,
  options: Partial<CameraOptions> = {},
): SimulatedImage {
  if (image.bitDepth !== 8) throw new RangeError('A camera takes 8-bit images; depth goes to senseDepth.');
  const settings: CameraOptions = { ...DEFAULT_CAMERA_OPTIONS, ...options };
  checkRanges(settings);
  const random = createRandom(seed, 'camera', index);
  const { widthPx, heightPx, channels } = image;
  const exposure = 2 ** drawFrom(random, settings.exposureStops);
  const contrast = drawFrom(random, settings.contrast);
  const cast = Math.sqrt(drawFrom(random, settings.colourCast));
  const defocusPx = drawFrom(random, settings.defocusPx);
  const motionPx = drawFrom(random, settings.motionPx);
  const motionRad = random.range(0, Math.PI);
  const resolution = Math.min(1, drawFrom(random, settings.resolution));
  const fullWell = drawFrom(random, settings.fullWellElectrons);
  const readNoise = drawFrom(random, settings.readNoiseElectrons);
  const quality = Math.round(clamp(drawFrom(random, settings.jpegQuality), 1, 100));
  const blockOffset = { x: random.integer(8), y: random.integer(8) };
  const lamp = drawLamp(random, drawFrom(random, settings.sideShadow), widthPx, heightPx);
  const sensor = {
    widthPx: Math.max(1, Math.round(widthPx * resolution)),
    heightPx: Math.max(1, Math.round(heightPx * resolution)),
  };

  const planes = Array.from({ length: channels }, (_, channel) => {
    const gain = exposure * (channels === 1 || channel === 1 ? 1 : channel === 0 ? cast : 1 / cast);
    const lit: Plane = { values: litPlane(image, channel, gain, lamp), widthPx, heightPx };
    const seen = smearPlane(blurPlane(lit, defocusPx), motionPx, motionRad);
    const light = resizePlane(seen, sensor.widthPx, sensor.heightPx, 1).values;
    addSensorNoise(light, random, fullWell, readNoise);
    applyToneCurve(light, contrast);
    compressPlane(light, sensor.widthPx, sensor.heightPx, quality, blockOffset);
    return resizePlane({ values: light, ...sensor }, widthPx, heightPx, 255).values;
  });
  const finished = interleave(planes);
  const pixels = settings.equalise ? equalise(finished, channels) : finished;
  return {
    ...image,
    pixels,
    parameters: {
      ...image.parameters,
      exposure: rounded(exposure),
      contrast: rounded(contrast),
      defocusPx: rounded(defocusPx),
      motionPx: rounded(motionPx),
      resolution: rounded(resolution),
      fullWellElectrons: rounded(fullWell),
      jpegQuality: quality,
    },
  };
}

/** The whole plane at another size, in 16 bits from 0 to white; its borders stay where they are. */
function resizePlane(plane: Plane, widthPx: number, heightPx: number, white: number): Plane {
  const pixels = new Uint16Array(plane.values.length);
  for (let place = 0; place < pixels.length; place++) {
    pixels[place] = Math.round((clamp(plane.values[place], 0, white) * 65535) / white);
  }
  const box = { x: 0, y: 0, width: plane.widthPx, height: plane.heightPx };
  const whole = { pixels, widthPx: plane.widthPx, heightPx: plane.heightPx, channels: 1 } as const;
  const resized = resample(whole, box, widthPx, heightPx).pixels;
  const values = new Float32Array(resized.length);
  for (let place = 0; place < values.length; place++) values[place] = (resized[place] * white) / 65535;
  return { values, widthPx, heightPx };
}

/** Light of a lamp at one side, as a factor per pixel: a soft edge of shadow across the picture, darker corners. */
function drawLamp(random: Random, depth: number, widthPx: number, heightPx: number): Float32Array {
  const angle = random.range(0, 2 * Math.PI);
  const middle = random.range(-0.5, 0.5);
  const softness = random.range(0.25, 0.9);
  const vignette = random.range(0, 0.25);
  const lamp = new Float32Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const acrossX = (2 * (x + 0.5)) / widthPx - 1;
      const acrossY = (2 * (y + 0.5)) / heightPx - 1;
      const along = acrossX * Math.cos(angle) + acrossY * Math.sin(angle) - middle;
      const shadow = depth / (1 + Math.exp((-along * 3) / softness));
      lamp[y * widthPx + x] = (1 - shadow) * (1 - (vignette * (acrossX * acrossX + acrossY * acrossY)) / 2);
    }
  }
  return lamp;
}

function litPlane(image: SimulatedImage, channel: number, gain: number, lamp: Float32Array): Float32Array {
  return Float32Array.from(
    lamp,
    (factor, pixel) => linearLight(image.pixels[pixel * image.channels + channel]) * gain * factor,
  );
}

/** Shot noise as the normal limit of Poisson's, and read noise; both in electrons. Light is clipped at full well. */
function addSensorNoise(light: Float32Array, random: Random, fullWell: number, readNoise: number): void {
  for (let pixel = 0; pixel < light.length; pixel++) {
    const electrons = Math.min(1, light[pixel]) * fullWell;
    const noise = random.normal() * Math.sqrt(electrons + readNoise * readNoise);
    light[pixel] = clamp((electrons + noise) / fullWell, 0, 1);
  }
}

/** Linear light to display values 0–255: sRGB, then a curve about middle grey that is hard or soft. */
function applyToneCurve(light: Float32Array, contrast: number): void {
  for (let pixel = 0; pixel < light.length; pixel++) {
    const value = sRgb(light[pixel]);
    const rest = 1 - value;
    const curved = value < 0.5 ? 0.5 * (2 * value) ** contrast : 1 - 0.5 * (2 * rest) ** contrast;
    light[pixel] = 255 * curved;
  }
}

function interleave(planes: readonly Float32Array[]): Uint8Array {
  const pixels = new Uint8Array(planes.length * planes[0].length);
  planes.forEach((plane, channel) => {
    for (let pixel = 0; pixel < plane.length; pixel++) {
      pixels[pixel * planes.length + channel] = Math.round(clamp(plane[pixel], 0, 255));
    }
  });
  return pixels;
}

/** Spreads the luminance evenly over 0–255, as MPIIGaze does; colour moves along with it. */
function equalise(pixels: Uint8Array, channels: 1 | 3): Uint8Array {
  if (channels === 1) return equaliseHistogram(pixels);
  const before = Uint8Array.from({ length: pixels.length / 3 }, (_, pixel) =>
    greyOf(pixels[pixel * 3], pixels[pixel * 3 + 1], pixels[pixel * 3 + 2]),
  );
  const after = equaliseHistogram(before);
  return pixels.map((value, at) => {
    const pixel = Math.floor(at / 3);
    return clamp(value + after[pixel] - before[pixel], 0, 255);
  });
}
