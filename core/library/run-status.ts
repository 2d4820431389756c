export type RunStatus =
  'queued' | 'preflight' | 'warming' | 'running' | 'paused' | 'finishing' | 'done' | 'stopped' | 'failed';

/** What a user is told; `interrupted` is computed and never stored. */
export type EffectiveRunStatus = RunStatus | 'interrupted';

/** Statuses in which a process works on the run. */
const AT_WORK: ReadonlySet<RunStatus> = new Set(['preflight', 'warming', 'running', 'paused', 'finishing']);

/** Statuses that a run stays in until someone resumes it. */
export const ENDED: ReadonlySet<RunStatus> = new Set(['done', 'stopped', 'failed']);

/** A process that cannot be looked at (another host) counts as gone after this long without a heartbeat. */
const SILENCE_MS = 60_000;

/** A living process this long without a heartbeat is another one that got the same number. */
const LONG_SILENCE_MS = 600_000;

/**
 * The stored status, or `interrupted` when a process should be at work on the run and none is: it is gone, or
 * nothing can be said of it and its last heartbeat is stale.
 *
 * @param isProcessAlive undefined where that cannot be told
 */
export function effectiveStatus(
  run: {
    readonly status: RunStatus;
    readonly statusAt: string;
    readonly heartbeatAt: string | null;
    readonly processId: number | null;
    readonly host: string | null;
  },
  nowMs: number,
  isProcessAlive: (processId: number, host: string) => boolean | undefined,
): EffectiveRunStatus {
  if (!AT_WORK.has(run.status)) return run.status;
  const alive =
    run.processId === null || run.host === null ? undefined : isProcessAlive(run.processId, run.host);
  if (alive === false) return 'interrupted';
  const silentMs = nowMs - Math.max(Date.parse(run.statusAt), Date.parse(run.heartbeatAt ?? run.statusAt));
  return silentMs > (alive ? LONG_SILENCE_MS : SILENCE_MS) ? 'interrupted' : run.status;
}
