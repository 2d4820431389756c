import { importReportSchema } from '../../../core/contract/operations/datasets.ts';
import { count, counted, digits, duration, percent } from '../../composables/format.ts';
import type { Job } from '../../stores/jobStore.ts';
import { text } from '../../text/index.ts';

/** How far a job is, 0 to 1; null where that cannot be said. */
export function shareOf({ progress }: Job): number | null {
  if (!progress?.total) return null;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}

/** "4,100 of 12,400 images · 33 % · 230 images a second · 36 s left" */
export function progressWords(job: Job): string {
  const { progress } = job;
  if (!progress) return '';
  const { done, total, unit, perSecond, secondsLeft } = progress;
  const share = shareOf(job);
  return [
    total === null ? `${count(done)} ${unit}` : `${count(done)} of ${count(total)} ${unit}`,
    ...(share === null ? [] : [percent(share)]),
    ...(perSecond === null ? [] : [text.shell.jobs.rate(digits(perSecond), unit)]),
    ...(secondsLeft === null ? [] : [text.shell.status.left(duration(secondsLeft))]),
  ].join(' · ');
}

/** What came of a job that has ended, in a sentence; empty where its title says it all. */
export function outcomeOf(job: Job): string {
  if (job.status === 'failed') return job.failure?.message ?? '';
  if (job.kind !== 'import' || job.status !== 'done') return '';
  const report = importReportSchema.safeParse(job.result);
  if (!report.success) return '';
  const { added, skipped, duplicates } = report.data;
  return [
    text.import.outcome.added(counted(added, 'image')),
    ...(skipped.length > 0 ? [text.import.outcome.skipped(counted(skipped.length, 'file'))] : []),
    ...(duplicates > 0 ? [text.import.outcome.duplicates(counted(duplicates, 'duplicate'))] : []),
  ].join(', ');
}

/** How long it worked. */
export function tookSeconds({ startedAt, endedAt }: Job): number | null {
  if (startedAt === null || endedAt === null) return null;
  return (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
}

interface Place {
  readonly name: string;
  readonly params?: Readonly<Record<string, string>>;
}

/** The screen that shows what a job is about or made. */
export function placeOfJob({ kind, runId }: Job): Place {
  switch (kind) {
    case 'import':
    case 'simulate':
    case 'check-files':
      return { name: 'data' };
    case 'health':
    case 'map':
      return { name: kind };
    case 'sample-library':
    case 'train':
    case 'prove':
      return runId === null ? { name: 'runs' } : { name: 'run', params: { runId: String(runId) } };
    case 'probe':
    case 'preflight':
      return { name: 'train' };
    case 'refine':
    case 'dial':
    case 'ask':
      return { name: 'inspect' };
    case 'evaluate':
      return { name: 'evaluate' };
    case 'export':
    case 'verify':
      return { name: 'export' };
    case 'engines':
      return { name: 'settings' };
  }
}
