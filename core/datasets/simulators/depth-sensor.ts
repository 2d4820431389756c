import { createRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import { resampleNearest } from '../pixels/resample.ts';
import { valueNoise } from './noise.ts';
import { checkRanges, clamp, drawFrom, rounded } from './simulated-image.ts';
import type { Range, SimulatedImage } from './simulated-image.ts';

export interface DepthSensorOptions {
  /** Pixels of the sensor per pixel of the picture. */
  readonly resolution: Range;
  /** How far a measurement comes from beside its pixel, standard deviation in sensor pixels. */
  readonly lateralNoisePx: Range;
  /** Factor on the axial noise, 1 = a first Kinect. */
  readonly axialNoise: Range;
  /** Factor on the step of disparity, 1 = a first Kinect (2.85 mm at 1 m). */
  readonly quantisation: Range;
  /** Between projector and camera: what a near finger hides from the projector has no depth. */
  readonly baselineMm: Range;
  /** Share of pixels at depth edges that lie between both surfaces, or behind the outline. */
  readonly flyingShare: Range;
  /** Share of steep or edge pixels without a measurement. */
  readonly holeShare: Range;
}

const DEFAULT_DEPTH_SENSOR_OPTIONS: DepthSensorOptions = {
  resolution: [0.6, 1],
  lateralNoisePx: [0.35, 0.8],
  axialNoise: [0.7, 1.6],
  quantisation: [0.8, 1.6],
  baselineMm: [25, 75],
  flyingShare: [0.1, 0.45],
  holeShare: [0.15, 0.6],
};

/** A jump in depth that counts as an edge between two surfaces, mm. */
const EDGE_MM = 10;
/** How far behind the hand a pixel that flies off its outline may lie, mm. */
const FLIGHT_MM = 45;

/**
 * Depth as a structured-light sensor measures it, 16 bit in mm, 0 = nothing measured: a coarser grid whose samples
 * waver at edges (Handa et al. 2014), axial noise that grows with the square of the distance (Nguyen et al. 2012:
 * 1.2 + 1.9·(z − 0.4)² mm, z in m), disparity steps, shadows of the projector, holes and flying pixels. Nothing moves
 * as a whole, so the labels are those of the input. The same seed and index give the same bytes. A RangeError for an
 * 8-bit image.
 */
export function senseDepth(
  image: SimulatedImage,
  seed: number,
  index: number,
  options: Partial<DepthSensorOptions> = {},
): SimulatedImage {
  if (image.bitDepth !== 16) throw new RangeError('A depth sensor takes 16-bit images in mm.');
  const settings: DepthSensorOptions = { ...DEFAULT_DEPTH_SENSOR_OPTIONS, ...options };
  checkRanges(settings);
  const random = createRandom(seed, 'depth-sensor', index);
  const resolution = clamp(drawFrom(random, settings.resolution), 0.05, 1);
  const grid: SensorGrid = {
    widthPx: Math.max(1, Math.round(image.widthPx * resolution)),
    heightPx: Math.max(1, Math.round(image.heightPx * resolution)),
  };
  const lateralPx = drawFrom(random, settings.lateralNoisePx);
  const axial = drawFrom(random, settings.axialNoise);
  const quantisation = drawFrom(random, settings.quantisation);
  const baselineMm = drawFrom(random, settings.baselineMm);
  const flyingShare = drawFrom(random, settings.flyingShare);
  const holeShare = drawFrom(random, settings.holeShare);

  const surface = sampleSurface(image, grid, random, lateralPx);
  const shadowed = castShadow(surface, grid, baselineMm * focalPxOf(image) * resolution);
  const spoilt = spoilEdges(shadowed, grid, random, flyingShare, holeShare);
  const pixels = measure(spoilt, grid, random, axial, quantisation);
  const whole = { x: 0, y: 0, width: grid.widthPx, height: grid.heightPx };
  return {
    ...image,
    pixels: resampleNearest({ ...grid, pixels, channels: 1 }, whole, image.widthPx, image.heightPx).pixels,
    parameters: {
      ...image.parameters,
      sensorResolution: rounded(resolution),
      lateralNoisePx: rounded(lateralPx),
      axialNoise: rounded(axial),
      quantisation: rounded(quantisation),
      baselineMm: rounded(baselineMm),
      flyingShare: rounded(flyingShare),
      holeShare: rounded(holeShare),
    },
  };
}

interface SensorGrid {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The focal length that the hand simulator notes; else that of a common sensor's field of view. */
function focalPxOf(image: SimulatedImage): number {
  const { focalPx } = image.parameters;
  return typeof focalPx === 'number' ? focalPx : 0.9 * image.widthPx;
}

function sampleSurface(
  image: SimulatedImage,
  grid: SensorGrid,
  random: Random,
  lateralPx: number,
): Float32Array {
  const surface = new Float32Array(grid.widthPx * grid.heightPx);
  const stepX = image.widthPx / grid.widthPx;
  const stepY = image.heightPx / grid.heightPx;
  for (let row = 0; row < grid.heightPx; row++) {
    for (let column = 0; column < grid.widthPx; column++) {
      const x = clamp(Math.floor((column + 0.5 + lateralPx * random.normal()) * stepX), 0, image.widthPx - 1);
      const y = clamp(Math.floor((row + 0.5 + lateralPx * random.normal()) * stepY), 0, image.heightPx - 1);
      surface[row * grid.widthPx + column] = image.pixels[y * image.widthPx + x];
    }
  }
  return surface;
}

/** Takes away what the projector, at the right of the camera, does not light: the disparity jumps over it. */
function castShadow(surface: Float32Array, grid: SensorGrid, disparityFactor: number): Float32Array {
  const lit = surface.slice();
  for (let row = 0; row < grid.heightPx; row++) {
    const start = row * grid.widthPx;
    // Seen from the projector, a point lies further left the nearer it is; walking left, what is not new is hidden.
    let furthest = Infinity;
    for (let column = grid.widthPx - 1; column >= 0; column--) {
      const depth = surface[start + column];
      if (depth === 0) continue;
      const seenAt = column - disparityFactor / depth;
      // Half a pixel of slack: a slanted surface does not hide itself.
      if (seenAt > furthest + 0.5) lit[start + column] = 0;
      else furthest = Math.min(furthest, seenAt);
    }
  }
  return lit;
}

/** Holes and flying pixels where depth jumps. */
function spoilEdges(
  surface: Float32Array,
  grid: SensorGrid,
  random: Random,
  flyingShare: number,
  holeShare: number,
): Float32Array {
  const { widthPx, heightPx } = grid;
  const spoilt = surface.slice();
  const patchOffset = random.range(0, 100);
  for (let row = 0; row < heightPx; row++) {
    for (let column = 0; column < widthPx; column++) {
      const place = row * widthPx + column;
      const depth = surface[place];
      const chance = random.uniform();
      const share = random.uniform();
      if (depth === 0) continue;
      let farthest = depth;
      let outline = false;
      for (const [stepX, stepY] of NEIGHBOURS) {
        const x = column + stepX;
        const y = row + stepY;
        if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) continue;
        const neighbour = surface[y * widthPx + x];
        if (neighbour === 0) outline = true;
        else farthest = Math.max(farthest, neighbour);
      }
      const jump = farthest - depth;
      // Holes come in patches, not as single pixels.
      const patch = valueNoise(column * 0.35 + patchOffset, row * 0.35);
      if (outline || jump > EDGE_MM) {
        if (patch * 1.6 < holeShare) spoilt[place] = 0;
        else if (chance < flyingShare) spoilt[place] = depth + share * (jump > EDGE_MM ? jump : FLIGHT_MM);
      } else if (jump > EDGE_MM / 2 && patch * 2.4 < holeShare) {
        spoilt[place] = 0;
      }
    }
  }
  return spoilt;
}

const NEIGHBOURS = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/** Axial noise, partly shared by neighbours as a matching window's is, and steps of disparity; rounded to mm. */
function measure(
  surface: Float32Array,
  grid: SensorGrid,
  random: Random,
  axial: number,
  quantisation: number,
): Uint16Array {
  const offset = random.range(0, 100);
  return Uint16Array.from(surface, (depth, place) => {
    if (depth === 0) return 0;
    const own = random.normal();
    const metres = depth / 1000;
    const deviationMm = axial * (1.2 + 1.9 * (metres - 0.4) ** 2);
    const shared =
      4 * (valueNoise((place % grid.widthPx) * 0.4 + offset, Math.floor(place / grid.widthPx) * 0.4) - 0.5);
    const noisy = Math.max(1, depth + deviationMm * (0.7 * own + 0.7 * shared));
    const disparityScale = 1e6 / (2.85 * quantisation);
    const measured = disparityScale / Math.max(1, Math.round(disparityScale / noisy));
    return Math.round(clamp(measured, 1, 65535));
  });
}
