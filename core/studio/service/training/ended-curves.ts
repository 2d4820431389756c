import type { Library } from '../../../library/library.ts';
import type { MetricSeries } from '../../../library/metric-points.ts';
import { ENDED } from '../../../library/run-status.ts';
import type { Run } from '../../../library/runs.ts';

/** About 10 MB at 800 points each. */
const KEPT_CURVES = 200;

/**
 * The whole curves of runs, of which those of ended runs are kept: reading a million steps takes a tenth of a second,
 * and nothing is added to them until the run goes on.
 */
export function createEndedCurves() {
  const kept = new Map<string, MetricSeries>();
  let keptOf: Library | undefined;
  return (library: Library, run: Run, names: readonly string[], maxPoints: number): MetricSeries[] => {
    if (!ENDED.has(run.status)) return library.runMetrics.manySeries(run.id, names, { maxPoints });
    if (keptOf !== library) kept.clear();
    keptOf = library;
    // With the time of its end, since a run that went on ends again.
    const keyOf = (name: string): string => `${run.id} ${run.statusAt} ${maxPoints} ${name}`;
    const curves = new Map<string, MetricSeries>();
    for (const name of names) {
      const curve = kept.get(keyOf(name));
      if (curve) curves.set(name, curve);
    }
    const missing = names.filter((name) => !curves.has(name));
    const read = library.runMetrics.manySeries(run.id, missing, { maxPoints });
    read.forEach((curve, index) => curves.set(missing[index], curve));
    for (const [name, curve] of curves) {
      kept.delete(keyOf(name));
      kept.set(keyOf(name), curve);
    }
    for (const key of kept.keys()) {
      if (kept.size <= KEPT_CURVES) break;
      kept.delete(key);
    }
    return names.flatMap((name) => curves.get(name) ?? []);
  };
}
