import type { Run } from '../../library/runs.ts';
import { configOf } from '../runs/run-config.ts';

/** Where a run sets no limit: what a label of an eye of 55 px is worth. */
export const USUAL_BUDGET_PX = 2;

/** Drift that is tolerated in the images of a run, in pixels. */
export function driftBudgetOf(run: Run): number {
  const { driftBudget } = configOf(run);
  return driftBudget > 0 ? driftBudget : USUAL_BUDGET_PX;
}
