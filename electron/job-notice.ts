import type { z } from 'zod';
import type { jobSchema } from '../core/contract/operations/jobs.ts';
import type { runEventSchema, runSchema } from '../core/contract/operations/runs.ts';
import type { Settings } from '../core/contract/operations/studio.ts';

type Job = z.infer<typeof jobSchema>;
type Run = z.infer<typeof runSchema>;
type RunEvent = z.infer<typeof runEventSchema>;

/** What a notification of the system says. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  /** Asks for attention also where notifications are not seen. */
  readonly isUrgent: boolean;
}

type Wishes = Settings['notifications'];

/**
 * What to say when a job has ended: what came of it, rather than that it is over. Undefined where the user does not want
 * to hear of it, has stopped it themselves, or hears of it by what trained.
 *
 * @param verdict of the run that the job was for
 */
export function noticeOfJob(job: Job, verdict: string | null, wishes: Wishes): Notice | undefined {
  if (job.status === 'failed') {
    if (!wishes.failed) return undefined;
    const body = job.failure === null ? 'The log says more.' : `${job.failure.message} ${job.failure.remedy}`;
    return { title: `${job.title}: failed`, body: body.trim(), isUrgent: true };
  }
  if (job.status !== 'done' || job.kind === 'train' || !wishes.done) return undefined;
  const body = verdict ?? job.notes.at(-1) ?? 'It is ready.';
  return { title: `${job.title}: done`, body, isUrgent: false };
}

/** What to say when a run trains no more: its verdict. A run that was stopped was stopped by somebody who knows. */
export function noticeOfRun(run: Run, wishes: Wishes): Notice | undefined {
  if (run.status === 'done' && wishes.done) {
    return { title: `${run.name}: trained`, body: run.verdict ?? 'It is ready.', isUrgent: false };
  }
  if ((run.status === 'failed' || run.status === 'interrupted') && wishes.failed) {
    return { title: `${run.name}: ${run.status}`, body: run.error ?? 'The log says more.', isUrgent: true };
  }
  return undefined;
}

/** What to say when a guard of a training has found something. */
export function noticeOfRunEvent(runName: string, event: RunEvent, wishes: Wishes): Notice | undefined {
  if (event.kind !== 'guard' || !wishes.guard) return undefined;
  const { content } = event;
  const message =
    typeof content === 'object' && content !== null && 'message' in content ? content.message : undefined;
  return {
    title: `${runName}, step ${event.step}`,
    body: typeof message === 'string' ? message : 'A guard has found something.',
    isUrgent: true,
  };
}
