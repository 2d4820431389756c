import { messageOf } from '../../base/studio-error.ts';
import type { StudioEvent } from '../../contract/events.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { runOverview, type RunOverview } from '../runs/run-overview.ts';
import type { Log } from './log.ts';

/** Four looks a second. */
const INTERVAL_MS = 250;

/**
 * Tells what a worker process records of the runs that it works on: their rows, new readings, previews, checkpoints and
 * events. Looks into the library when something was written there. Returns a function that looks once more and stops.
 */
export function watchRuns(
  library: Library,
  processId: number,
  publish: (event: StudioEvent) => void,
  log: Log,
): () => void {
  const since = new Date().toISOString();
  const firstEvent = library.runEvents.lastNumber();
  const watched = new Map<number, WatchedRun>();
  let seenChange: number | undefined;

  const look = (): void => {
    // Not only those at work: a short one begins and ends between two looks.
    for (const { id } of library.runs.workedOnBy(processId, since)) {
      if (!watched.has(id)) watched.set(id, watchRun(library, id, { since, firstEvent }, publish));
    }
    for (const run of watched.values()) run.look();
  };
  /** What cannot be read now is told of at the next look; the training goes on meanwhile. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      log.add('warn', 'training', `Its records could not be read: ${messageOf(error)}`);
    }
  };
  const timer = setInterval(
    () =>
      guarded(() => {
        const change = library.changeNumber();
        if (change === seenChange) return;
        look();
        seenChange = change;
      }),
    INTERVAL_MS,
  );
  return () => {
    clearInterval(timer);
    guarded(() => {
      look();
      for (const run of watched.values()) run.end();
    });
  };
}

interface WatchedRun {
  look(): void;
  /** Tells of a run that the process has left as an interrupted one by its own end. */
  end(): void;
}

function watchRun(
  library: Library,
  id: number,
  from: { readonly since: string; readonly firstEvent: number },
  publish: (event: StudioEvent) => void,
): WatchedRun {
  let toldRow = '';
  let toldReadings: number | undefined;
  let lastEvent = from.firstEvent;
  const told = new Set<string>();

  /** Steps of records that are new since the watch began. */
  const newSteps = (kind: string, records: readonly { step: number; createdAt: string }[]): Set<number> => {
    const steps = new Set<number>();
    for (const { step, createdAt } of records) {
      const key = `${kind} ${step} ${createdAt}`;
      if (createdAt < from.since || told.has(key)) continue;
      told.add(key);
      steps.add(step);
    }
    return steps;
  };
  const tell = (onlyIf?: RunOverview['status']): void => {
    const run = runOverview(library, id);
    if (!run || (onlyIf !== undefined && onlyIf !== run.status)) return;
    publish({ type: 'run', run });
  };
  return {
    look() {
      const run = library.runs.get(id);
      if (!run) return;
      const readings = Math.max(
        ...Object.values(library.runMetrics.latest(id)).map(({ step }) => step),
        Number.NEGATIVE_INFINITY,
      );
      if (Number.isFinite(readings) && readings !== toldReadings) {
        toldReadings = readings;
        publish({ type: 'metrics', runId: id, step: readings });
      }
      for (const step of newSteps('preview', library.previews.list(id))) {
        publish({ type: 'preview', runId: id, step });
      }
      for (const step of newSteps('checkpoint', library.checkpoints.list(id))) {
        publish({ type: 'checkpoint', runId: id, step });
      }
      for (const { number, event } of library.runEvents.since(id, lastEvent)) {
        lastEvent = number;
        // Where a run comes from is on record before every step; it is nothing that happened.
        if (event.step > Number.MIN_SAFE_INTEGER) publish({ type: 'run-event', runId: id, event });
      }
      const row = rowOf(run);
      if (row === toldRow) return;
      toldRow = row;
      tell();
    },
    end: () => tell('interrupted'),
  };
}

/** What of a run changes while it is at work. */
function rowOf({ status, statusAt, heartbeatAt, step, config, verdict }: Run): string {
  return JSON.stringify([status, statusAt, heartbeatAt, step, config, verdict]);
}
