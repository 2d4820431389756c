import type { Library } from '../../library/library.ts';
import type { HealthReading } from '../../simgan/health.ts';

/** Metrics that tell whether realism rises. */
const TREND_METRICS = ['realism.kernelDistance', 'refiner.histogramDistance'] as const;

/**
 * What a run's health is read from: the newest value of every metric, and for those of realism the mean over the
 * second third of the run so far, which single readings do not sway.
 */
export function readHealth(library: Library, runId: number, driftBudget: number): HealthReading {
  const newest = library.runMetrics.latest(runId);
  const latest = Object.fromEntries(Object.entries(newest).map(([name, { value }]) => [name, value]));
  const earlier: Record<string, number> = {};
  for (const name of TREND_METRICS) {
    const step = newest[name]?.step ?? 0;
    const { mean } = library.runMetrics.series(runId, name, {
      fromStep: Math.floor(step / 3),
      toStep: Math.floor((2 * step) / 3),
    });
    const finite = mean.filter(Number.isFinite);
    if (finite.length > 0) earlier[name] = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  }
  return { latest, earlier, driftBudget };
}
