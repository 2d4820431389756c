import { z } from 'zod';
import { liveKeys } from '../../../core/contract/training-command.ts';
import type { TrainingConfigKey } from '../../../core/contract/training-config.ts';
import { readList } from './configForm.ts';

/** What a probe's job gives back: the variants, best first. */
export const probeResultSchema = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      runId: z.int(),
      variant: z.string(),
      step: z.int(),
      changeGrey: z.number().nullish(),
      histogramDistanceGrey: z.number().nullish(),
      discriminatorAccuracy: z.number().nullish(),
      driftP95: z.number().nullish(),
      score: z.number().nullish(),
      guards: z.array(z.string()),
      isBroken: z.boolean(),
    }),
  ),
  rankedBy: z.enum(['score', 'histogram distance']),
});

/** Settings that are worth trying; cadences are not. */
export const probedKeys = liveKeys.filter(
  (key) => !key.endsWith('Every') && key !== 'driftBudget',
) satisfies TrainingConfigKey[];

export type ProbedKey = (typeof probedKeys)[number];

/** More than this takes longer than it tells. */
export const MOST_VARIANTS = 24;

/** Every combination of the lists that are not empty, or what is wrong with which. */
export function readGrid(lists: Readonly<Partial<Record<ProbedKey, string>>>): {
  readonly grid: Record<string, (number | string)[]>;
  readonly variants: number;
  readonly errors: Readonly<Partial<Record<ProbedKey, string>>>;
} {
  const grid: Record<string, (number | string)[]> = {};
  const errors: Partial<Record<ProbedKey, string>> = {};
  for (const key of probedKeys) {
    const { values, error } = readList(key, lists[key] ?? '');
    if (error !== undefined) errors[key] = error;
    else if (values.length > 0) grid[key] = [...new Set(values)];
  }
  const sizes = Object.values(grid).map(({ length }) => length);
  return {
    grid,
    errors,
    variants: sizes.reduce((product, size) => product * size, sizes.length > 0 ? 1 : 0),
  };
}
