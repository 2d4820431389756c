import type { z } from 'zod';
import type { StudioEvent } from '../core/contract/events.ts';
import type { jobSchema } from '../core/contract/operations/jobs.ts';
import type { runSchema } from '../core/contract/operations/runs.ts';

type Job = z.infer<typeof jobSchema>;
type Run = z.infer<typeof runSchema>;

/** What the studio is at, as far as a shell shows it: progress bar, title, keeping awake, asking before it quits. */
export interface Activity {
  readonly running: readonly Job[];
  readonly waiting: number;
  /** Of all running jobs together, 0 to 1; null where none says how much there is. */
  readonly fraction: number | null;
  /** Whether all running jobs are trainings that are paused. */
  readonly isPaused: boolean;
  /** Runs that train now. */
  readonly trainingRunIds: readonly number[];
}

export interface ActivityTracker {
  /** Takes an event of the studio in. Returns the jobs that ended by it. */
  apply(event: StudioEvent): readonly Job[];
  /** A snapshot of all jobs, in place of what was known. */
  replace(jobs: readonly Job[]): void;
  current(): Activity;
}

export function createActivityTracker(): ActivityTracker {
  const jobs = new Map<number, Job>();
  const runs = new Map<number, Run>();
  return {
    apply(event) {
      if (event.type === 'library') {
        jobs.clear();
        runs.clear();
      } else if (event.type === 'run') {
        runs.set(event.run.id, event.run);
      } else if (event.type === 'job') {
        const before = jobs.get(event.job.id);
        jobs.set(event.job.id, event.job);
        if (hasEnded(event.job) && (before === undefined || !hasEnded(before))) return [event.job];
      }
      return [];
    },
    replace(all) {
      jobs.clear();
      for (const job of all) jobs.set(job.id, job);
    },
    current: () => summarize([...jobs.values()], runs),
  };
}

function hasEnded(job: Job): boolean {
  return job.status === 'done' || job.status === 'cancelled' || job.status === 'failed';
}

function summarize(jobs: readonly Job[], runs: ReadonlyMap<number, Run>): Activity {
  const running = jobs.filter(({ status }) => status === 'running');
  const trainingRunIds = running
    .filter(({ kind, runId }) => kind === 'train' && runId !== null)
    .map(({ runId }) => Number(runId));
  const fractions = running.map(fractionOf).filter((fraction) => fraction !== null);
  return {
    running,
    waiting: jobs.filter(({ status }) => status === 'waiting').length,
    fraction:
      fractions.length === 0 ? null : fractions.reduce((sum, part) => sum + part, 0) / fractions.length,
    isPaused:
      running.length > 0 &&
      trainingRunIds.length === running.length &&
      trainingRunIds.every((id) => runs.get(id)?.status === 'paused'),
    trainingRunIds,
  };
}

function fractionOf({ progress }: Job): number | null {
  const total = progress?.total ?? 0;
  return progress !== null && total > 0 ? Math.min(1, Math.max(0, progress.done / total)) : null;
}

/** "43 % – Training Eyes – My library – SimGAN Studio" */
export function windowTitle(activity: Activity, libraryName: string | undefined): string {
  const { running, fraction } = activity;
  const work = running.length > 0 ? running[0].title : undefined;
  const share = work !== undefined && fraction !== null ? `${Math.floor(fraction * 100)} %` : undefined;
  return [share, work, libraryName, 'SimGAN Studio'].filter((part) => part !== undefined).join(' – ');
}

/** The bar in taskbar or dock: its value as `setProgressBar` wants it (−1 none, above 1 without an end), and its look. */
export function progressBar(activity: Activity): {
  readonly value: number;
  readonly mode: 'none' | 'normal' | 'indeterminate' | 'paused';
} {
  if (activity.running.length === 0) return { value: -1, mode: 'none' };
  if (activity.fraction === null) return { value: 2, mode: 'indeterminate' };
  return { value: activity.fraction, mode: activity.isPaused ? 'paused' : 'normal' };
}
