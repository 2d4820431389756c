import type { z } from 'zod';
import type { healthSchema } from '../../contract/operations/datasets.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import type { Library } from '../../library/library.ts';

/** In what the values of images are counted. */
export type HealthScale = z.infer<typeof healthSchema>['scale'];

export const IMAGE_BINS = 32;
export const PIXEL_BINS = 64;

const GREY_LEVELS = 256;
/** Contrasts beyond are as good as none. */
const MOST_CONTRAST = 128;

/** Grey levels; where all sets are depth maps, millimetres: of means and deviations up to the largest that there is. */
export function healthScale(library: Library, shape: Preprocessing | undefined): HealthScale {
  const datasets = library.datasets.list();
  if (datasets.length === 0 || !shape?.depth || datasets.some(({ depth }) => depth === null)) {
    return {
      unit: 'grey',
      intensity: { from: 0, width: GREY_LEVELS / IMAGE_BINS },
      contrast: { from: 0, width: MOST_CONTRAST / IMAGE_BINS },
      pixels: { from: 0, width: GREY_LEVELS / PIXEL_BINS },
    };
  }
  const { foregroundOffsetMm, windowMm } = shape.depth;
  return {
    unit: 'mm',
    intensity: binsUpTo(largest(library, 'greyMean')),
    contrast: binsUpTo(largest(library, 'greyDeviation')),
    pixels: { from: foregroundOffsetMm, width: windowMm / PIXEL_BINS },
  };
}

function largest(library: Library, by: 'greyMean' | 'greyDeviation'): number {
  const inUse = { excluded: false, missing: false } as const;
  const { images } = library.imageSearch.page(inUse, { limit: 1, sort: { by, descending: true } });
  return images.at(0)?.[by] ?? 0;
}

function binsUpTo(most: number): HealthScale['pixels'] {
  return { from: 0, width: Math.max(1, Math.ceil((most + 1) / IMAGE_BINS)) };
}
