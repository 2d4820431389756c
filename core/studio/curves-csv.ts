import { stringify } from 'csv-stringify/sync';
import type { Library } from '../library/library.ts';
import type { Run } from '../library/runs.ts';

/** Every reading of every metric of a run as CSV: a row for each step, a column for each metric, empty where not measured. */
export function curvesCsv(library: Library, run: Run): string {
  const names = library.runMetrics.names(run.id);
  const series = library.runMetrics.manySeries(run.id, names, { maxPoints: Number.MAX_SAFE_INTEGER });
  const rows = new Map<number, (number | string)[]>();
  series.forEach(({ steps, mean }, column) => {
    steps.forEach((step, index) => {
      let row = rows.get(step);
      if (!row) rows.set(step, (row = [step, ...names.map(() => '')]));
      row[column + 1] = Number.isFinite(mean[index]) ? Number(mean[index].toPrecision(7)) : 'NaN';
    });
  });
  const sorted = [...rows.values()].sort((left, right) => Number(left[0]) - Number(right[0]));
  return stringify([['step', ...names], ...sorted]);
}
