import type { ImageBatch } from '../base/image-batch.ts';
import { createRandom, type Random } from '../base/random.ts';

export interface DrawnEyes {
  readonly images: ImageBatch;
  /** [count, 3], unit vectors in the camera frame (see core/contract/annotation.ts). */
  readonly gazeVectors: Float32Array;
}

interface DrawnEyesOptions {
  readonly count: number;
  readonly seed: number;
  readonly heightPx?: number;
  readonly widthPx?: number;
  /** Movement of the iris alone, in pixels; the label stays. */
  readonly irisShift?: readonly [number, number];
  /** "camera": darker, flatter and noisy, as another domain. */
  readonly style?: 'clean' | 'camera';
}

/**
 * Eyes for the tests of the estimators and of what is built on them: a bright almond on textured skin with a dark iris
 * that stands where the gaze points. Same seed, same eyes, whatever the style.
 */
export function drawEyes(options: DrawnEyesOptions): DrawnEyes {
  const { count, seed, heightPx = 35, widthPx = 55, irisShift = [0, 0], style = 'clean' } = options;
  const pixels = heightPx * widthPx;
  const images = new Float32Array(count * pixels);
  const gazeVectors = new Float32Array(count * 3);
  for (let index = 0; index < count; index++) {
    const random = createRandom(seed, 'eye', index);
    const noise = createRandom(seed, 'noise', index);
    const pitchRad = random.range(-0.35, 0.35);
    const yawRad = random.range(-0.6, 0.6);
    gazeVectors.set(
      [-Math.cos(pitchRad) * Math.sin(yawRad), -Math.sin(pitchRad), -Math.cos(pitchRad) * Math.cos(yawRad)],
      index * 3,
    );
    const eye = describeEye(random, heightPx, widthPx, pitchRad, yawRad, irisShift);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const light = lightAt(eye, (pixel % widthPx) + 0.5, Math.floor(pixel / widthPx) + 0.5);
      const value = style === 'clean' ? light : 0.6 * light - 0.25 + 0.08 * noise.normal();
      images[index * pixels + pixel] = Math.max(-1, Math.min(1, value));
    }
  }
  return { images: { images, count, heightPx, widthPx, channels: 1 }, gazeVectors };
}

interface Eye {
  readonly middle: readonly [number, number];
  readonly iris: readonly [number, number];
  readonly irisRadiusPx: number;
  readonly almond: readonly [number, number];
  readonly skin: number;
  readonly waves: readonly { x: number; y: number; phase: number }[];
}

function describeEye(
  random: Random,
  heightPx: number,
  widthPx: number,
  pitchRad: number,
  yawRad: number,
  irisShift: readonly [number, number],
): Eye {
  const scale = heightPx / 35;
  const middle = [
    widthPx / 2 + random.range(-1, 1) * scale,
    heightPx / 2 + random.range(-1, 1) * scale,
  ] as const;
  const reachPx = 15 * scale;
  return {
    middle,
    iris: [
      middle[0] - reachPx * Math.sin(yawRad) + irisShift[0],
      middle[1] - reachPx * Math.sin(pitchRad) + irisShift[1],
    ],
    irisRadiusPx: random.range(5.5, 7) * scale,
    almond: [random.range(19, 22) * scale, random.range(8, 11) * scale],
    skin: random.range(-0.1, 0.2),
    waves: Array.from({ length: 6 }, () => ({
      x: random.range(-0.5, 0.5) / scale,
      y: random.range(-0.5, 0.5) / scale,
      phase: random.range(0, 2 * Math.PI),
    })),
  };
}

function lightAt({ middle, iris, irisRadiusPx, almond, skin, waves }: Eye, x: number, y: number): number {
  const texture = waves.reduce((sum, wave) => sum + Math.sin(wave.x * x + wave.y * y + wave.phase), 0);
  const opening =
    (1 - Math.hypot((x - middle[0]) / almond[0], (y - middle[1]) / almond[1])) * Math.min(...almond);
  const inside = softEdge(opening);
  const fromIris = Math.hypot(x - iris[0], y - iris[1]);
  const eyeball = 0.7 - 1.2 * softEdge(irisRadiusPx - fromIris) - 0.4 * softEdge(irisRadiusPx / 3 - fromIris);
  return (1 - inside) * (skin + 0.05 * texture) + inside * eyeball;
}

/** 0 outside, 1 inside, over one and a half pixels around the edge. */
function softEdge(depthPx: number): number {
  return Math.max(0, Math.min(1, depthPx / 1.5 + 0.5));
}
