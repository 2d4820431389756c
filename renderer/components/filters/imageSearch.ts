import type { z } from 'zod';
import type {
  imageFilterSchema,
  imageSortSchema,
  numericColumnSchema,
} from '../../../core/contract/operations/images.ts';

export type ImageFilter = z.infer<typeof imageFilterSchema>;
export type ImageSort = z.infer<typeof imageSortSchema>;
export type NumericColumn = z.infer<typeof numericColumnSchema>;

export interface ImageSearch {
  readonly filter: ImageFilter;
  readonly sort: ImageSort;
}

export const USUAL_SORT: ImageSort = { by: 'id' };

export const numericColumns = [
  'yawRad',
  'pitchRad',
  'greyMean',
  'greyDeviation',
  'visibleJoints',
  'widthPx',
  'heightPx',
] as const satisfies readonly NumericColumn[];

export const isAngle = (column: NumericColumn): boolean => column === 'yawRad' || column === 'pitchRad';

const DEGREES = 180 / Math.PI;

/** A value as people read it: angles in degrees. */
export const shownValue = (column: NumericColumn, value: number): number =>
  isAngle(column) ? value * DEGREES : value;

/** A filter with some of its parts exchanged; undefined takes a part away. */
export function changed(
  filter: ImageFilter,
  changes: { readonly [Key in keyof ImageFilter]?: ImageFilter[Key] | undefined },
): ImageFilter {
  return Object.fromEntries(
    Object.entries({ ...filter, ...changes }).filter(([, value]) => value !== undefined),
  );
}

/** With another range of a column, or without one. */
export function withColumnRange(
  filter: ImageFilter,
  column: NumericColumn,
  range: { readonly from?: number; readonly to?: number } | undefined,
): ImageFilter {
  const ranges = Object.fromEntries(
    Object.entries({ ...filter.ranges, [column]: range }).filter(([, value]) => value !== undefined),
  );
  return changed(filter, { ranges: Object.keys(ranges).length > 0 ? ranges : undefined });
}
