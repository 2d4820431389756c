import type { Annotation } from '../../contract/annotation.ts';
import type { Random } from '../../base/random.ts';

/** A picture with its labels: rows from the top, channels interleaved; 16 bit is depth in mm, 0 = background. */
export interface SimulatedImage {
  readonly pixels: Uint8Array | Uint16Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 3;
  readonly bitDepth: 8 | 16;
  readonly annotations: readonly Annotation[];
  /** What was drawn for this image, to filter and to explain by. */
  readonly parameters: Readonly<Record<string, number | string>>;
}

/** From low to high; equal ends fix the value. */
export type Range = readonly [low: number, high: number];

export function drawFrom(random: Random, [low, high]: Range): number {
  return random.range(low, high);
}

/** Throws a RangeError where an image of this size cannot be made: a fault of the caller. */
export function checkImageSize(widthPx: number, heightPx: number): void {
  for (const size of [widthPx, heightPx]) {
    if (!Number.isInteger(size) || size < 8 || size > 4096) {
      throw new RangeError(
        `A simulated image must be 8 to 4096 px wide and high, not ${widthPx}×${heightPx}.`,
      );
    }
  }
}

/** Throws a RangeError where an option that is a range is upside down or not finite: a fault of the caller. */
export function checkRanges(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Array.isArray(value)) continue;
    const [low, high] = value as unknown[];
    if (Number.isFinite(low) && Number.isFinite(high) && Number(low) <= Number(high)) continue;
    throw new RangeError(
      `${name} must go from a low to a high number, not from ${String(low)} to ${String(high)}.`,
    );
  }
}

export function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** 0 below the first edge, 1 above the second, a smooth cubic between. */
export function smoothStep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/** Three decimals are enough for a parameter that is only shown and filtered by. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
