import type { Library } from '../../../library/library.ts';
import { isProcessAlive } from '../../../library/process-alive.ts';
import { effectiveStatus, type EffectiveRunStatus } from '../../../library/run-status.ts';
import type { Job } from '../jobs.ts';
import type { OpenedLibrary } from './session.ts';

const TRAINING: ReadonlySet<EffectiveRunStatus> = new Set(['preflight', 'warming', 'running', 'finishing']);

/**
 * What is under way in a library, as sentences: "run 1 is training, about 10 min left." Undefined where nothing is.
 */
export function describeWork({ library, jobs }: Pick<OpenedLibrary, 'library' | 'jobs'>): string | undefined {
  const open = jobs.list().filter(isOpen);
  const running = open.filter(({ status }) => status === 'running');
  const waiting = open.length - running.length;
  if (open.length === 0) return undefined;
  const sentences = running.map((job) =>
    job.kind === 'train' ? describeTraining(library, job) : `"${job.title}" is running${timeLeft(job)}.`,
  );
  if (waiting > 0) sentences.push(waiting === 1 ? '1 job is waiting.' : `${waiting} jobs are waiting.`);
  return sentences.join(' ');
}

/** Cancels what runs and what waits. */
export function cancelWork({ jobs }: Pick<OpenedLibrary, 'jobs'>): void {
  // The waiting ones first, so that none of them begins.
  for (const job of jobs.list().filter(({ status }) => status === 'waiting')) jobs.cancel(job.id);
  for (const job of jobs.list().filter(({ status }) => status === 'running')) jobs.cancel(job.id);
}

function describeTraining(library: Library, job: Job): string {
  const withStatus = library.runs
    .list()
    .map((run) => ({ name: run.name, status: effectiveStatus(run, Date.now(), isProcessAlive) }));
  const paused = withStatus.find(({ status }) => status === 'paused');
  if (paused) return `${paused.name} is paused.`;
  const training = withStatus.find(({ status }) => TRAINING.has(status));
  return `${training?.name ?? `"${job.title}"`} is training${timeLeft(job)}.`;
}

const isOpen = ({ status }: Job): boolean => status === 'waiting' || status === 'running';

function timeLeft({ progress }: Job): string {
  const seconds = progress?.secondsLeft ?? undefined;
  if (seconds === undefined) return '';
  if (seconds < 60) return ', less than 1 min left';
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? `, about ${minutes} min left`
    : `, about ${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}
