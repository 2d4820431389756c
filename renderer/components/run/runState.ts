import type { Run } from '../../stores/runStore.ts';

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
