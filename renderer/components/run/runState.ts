import type { Run } from '../../stores/runStore.ts';
import { text } from '../../text/index.ts';

/** How a run's status is shown: see UiStatus. */
export const stateOfRun = {
  queued: 'ready',
  preflight: 'working',
  warming: 'working',
  running: 'working',
  paused: 'paused',
  finishing: 'working',
  done: 'good',
  stopped: 'stopped',
  failed: 'bad',
  interrupted: 'warning',
} as const satisfies Record<Run['status'], string>;

/** Whether a process is at work on it, or should be. */
export const isAtWork = (run: Pick<Run, 'status'>): boolean =>
  run.status === 'preflight' ||
  run.status === 'warming' ||
  run.status === 'running' ||
  run.status === 'paused' ||
  run.status === 'finishing';

/** Whether it can be told something: pause, stop, other settings. */
export const isSteerable = (run: Pick<Run, 'status'>): boolean =>
  run.status === 'running' || run.status === 'paused' || run.status === 'warming';

/** Whether it can go on from its newest checkpoint. */
export const isEnded = (run: Pick<Run, 'status'>): boolean => !isAtWork(run) && run.status !== 'queued';

/** Of a menu: one that waits is taken out of the queue, one whose process died is not taken up again by itself. */
export function itemsToLeaveQueue({ status }: Pick<Run, 'status'>): { id: 'dequeue'; text: string }[] {
  if (status === 'queued') return [{ id: 'dequeue', text: text.runs.actions.dequeue }];
  return status === 'interrupted' ? [{ id: 'dequeue', text: text.runs.actions.leaveStopped }] : [];
}
