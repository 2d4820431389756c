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
  /** Takes an event of the studio in. Returns what ended by it, if anything did. */
  apply(event: StudioEvent): { readonly job?: Job; readonly run?: Run };
  /** A snapshot, in place of what was known. */
  replace(jobs: readonly Job[], runs: readonly Run[]): void;
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
        const before = runs.get(event.run.id);
        runs.set(event.run.id, event.run);
        const wasAtWork = before !== undefined && AT_WORK.includes(before.status);
        if (wasAtWork && !AT_WORK.includes(event.run.status)) return { run: event.run };
      } else if (event.type === 'job') {
        const before = jobs.get(event.job.id);
        jobs.set(event.job.id, event.job);
        if (hasEnded(event.job) && (before === undefined || !hasEnded(before))) return { job: event.job };
      }
      return {};
    },
    replace(allJobs, allRuns) {
      jobs.clear();
      runs.clear();
      for (const job of allJobs) jobs.set(job.id, job);
      for (const run of allRuns) runs.set(run.id, run);
    },
    current: () => summarize([...jobs.values()], runs),
  };
}

const AT_WORK: readonly Run['status'][] = ['preflight', 'warming', 'running', 'paused', 'finishing'];
/** Only from its first step on has a run something that a checkpoint can hold. */
const TRAINING: readonly Run['status'][] = AT_WORK.filter((status) => status !== 'preflight');

function hasEnded(job: Job): boolean {
  return job.status === 'done' || job.status === 'cancelled' || job.status === 'failed';
}

function summarize(jobs: readonly Job[], runs: ReadonlyMap<number, Run>): Activity {
  const running = jobs.filter(({ status }) => status === 'running');
  const isTraining = running.some(({ kind }) => kind === 'train');
  // One job works the whole queue off, so that runs tell which of them is at work.
  const training = isTraining ? [...runs.values()].filter(({ status }) => TRAINING.includes(status)) : [];
  const fractions = running.map(fractionOf).filter((fraction) => fraction !== null);
  return {
    running,
    waiting: jobs.filter(({ status }) => status === 'waiting').length,
    fraction:
      fractions.length === 0 ? null : fractions.reduce((sum, part) => sum + part, 0) / fractions.length,
    isPaused:
      training.length > 0 &&
      running.every(({ kind }) => kind === 'train') &&
      training.every(({ status }) => status === 'paused'),
    trainingRunIds: training.map(({ id }) => id),
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
