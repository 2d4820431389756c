import type { Library } from '../library/library.ts';
import type { Run } from '../library/runs.ts';
import { isProcessAlive } from '../library/process-alive.ts';
import { effectiveStatus } from '../library/run-status.ts';
import { tryConfigOf } from '../studio/runs/run-config.ts';
import { duration } from './terminal.ts';

export interface RunSummary {
  readonly name: string;
  readonly status: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly engine: string | null;
  readonly device: string | null;
  /** The newest reading of every metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly verdict: string | null;
  /** Step of the best checkpoint; null while none was ranked. */
  readonly bestStep: number | null;
  readonly error: string | null;
  /** Why its configuration cannot be read; null where it can. */
  readonly configError: string | null;
  readonly time: string;
  readonly createdAt: string;
}

/** A run as lists show it. */
export function runSummary(library: Library, run: Run): RunSummary {
  const { name, step, totalSteps, engine, device, verdict, error, createdAt } = run;
  const metrics = Object.entries(library.runMetrics.latest(run.id)).map(
    ([metric, { value }]) => [metric, value] as const,
  );
  return {
    name,
    status: effectiveStatus(run, Date.now(), isProcessAlive),
    step,
    totalSteps,
    engine,
    device,
    metrics: Object.fromEntries(metrics),
    verdict,
    bestStep: library.checkpoints.best(run.id)?.step ?? null,
    error,
    configError: tryConfigOf(run).configError,
    time: duration(run.workedSeconds),
    createdAt,
  };
}
