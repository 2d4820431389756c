import type { Run } from '../../stores/runStore.ts';
import { studio } from '../../studio.ts';
import { metricsOfFirstLook } from './runCharts.ts';
import type { MetricSeries } from './series.ts';

/** Buckets of a curve: one per pixel of most charts. */
export const MOST_POINTS = 480;

/** What was asked for earlier than this is asked for again. */
const FRESH_MS = 5000;

interface Ahead {
  readonly runId: number;
  readonly names: string;
  readonly askedMs: number;
  readonly answer: Promise<MetricSeries[]>;
}

let ahead: Ahead | undefined;
const isFresh = ({ askedMs }: Ahead): boolean => performance.now() - askedMs < FRESH_MS;

/** Whole curves of a run. */
async function ask(runId: number, names: readonly string[]): Promise<MetricSeries[]> {
  return await studio.runs.metrics({
    ...{ id: runId, names: [...names], fromStep: null, toStep: null, maxPoints: MOST_POINTS },
  });
}

/** Asks for the curves that a run is opened with, which it probably soon is: its link is pointed at, or has the focus. */
export function askAhead(run: Run): void {
  if (ahead?.runId === run.id && isFresh(ahead)) return;
  const names = metricsOfFirstLook(run.metrics);
  if (names.length === 0) return;
  const answer = ask(run.id, names);
  // Whoever opens the run asks again and is told why.
  answer.catch(() => undefined);
  ahead = { runId: run.id, names: names.join(' '), askedMs: performance.now(), answer };
}

/** Whole curves of a run, those that were asked for ahead if they are the same. */
export async function wholeCurves(runId: number, names: readonly string[]): Promise<MetricSeries[]> {
  const early =
    ahead?.runId === runId && ahead.names === names.join(' ') && isFresh(ahead) ? ahead : undefined;
  ahead = undefined;
  if (early) {
    try {
      return await early.answer;
    } catch {
      // Asked for again.
    }
  }
  return await ask(runId, names);
}
