import { describe, expect, it } from 'vitest';
import type { StudioEvent } from '../core/contract/events.ts';
import { createActivityTracker, progressBar, windowTitle } from './activity.ts';
import { noticeOfJob, noticeOfRun, noticeOfRunEvent } from './job-notice.ts';
import { createKeepAwake } from './keep-awake.ts';
import { choiceOfButton, quitQuestion } from './quit-question.ts';

type Job = Extract<StudioEvent, { type: 'job' }>['job'];
type Run = Extract<StudioEvent, { type: 'run' }>['run'];

function job(changes: Partial<Job> = {}): Job {
  return {
    id: 1,
    kind: 'import',
    title: 'Importing renders',
    status: 'running',
    runId: null,
    progress: { label: 'Reading', done: 30, total: 100, unit: 'images', perSecond: null, secondsLeft: null },
    result: null,
    failure: null,
    notes: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    ...changes,
  };
}

const training = job({ id: 2, kind: 'train', title: 'Training Eyes' });
const run = (status: Run['status']): StudioEvent => ({ type: 'run', run: { id: 5, status } as Run });
const told = (changed: Job): StudioEvent => ({ type: 'job', job: changed });

describe('what a shell shows of the studio', () => {
  it('is how far all running jobs are together', () => {
    const tracker = createActivityTracker();
    tracker.apply(told(job()));
    tracker.apply(
      told(job({ id: 2, progress: { ...training.progress, done: 90, total: 100 } as Job['progress'] })),
    );
    tracker.apply(told(job({ id: 3, status: 'waiting' })));
    const activity = tracker.current();
    expect(activity).toMatchObject({ fraction: 0.6, waiting: 1, isPaused: false });
    expect(progressBar(activity)).toEqual({ value: 0.6, mode: 'normal' });
    expect(windowTitle(activity, 'Eyes')).toBe('60 % – Importing renders – Eyes – SimGAN Studio');
  });

  it('has no end where no job says how much there is, and never more than everything', () => {
    const tracker = createActivityTracker();
    tracker.apply(told(job({ progress: null })));
    expect(progressBar(tracker.current())).toEqual({ value: 2, mode: 'indeterminate' });
    expect(windowTitle(tracker.current(), undefined)).toBe('Importing renders – SimGAN Studio');
    tracker.apply(told(job({ progress: { ...training.progress, done: 7, total: 5 } as Job['progress'] })));
    expect(tracker.current().fraction).toBe(1);
    tracker.apply(told(job({ progress: { ...training.progress, done: 7, total: 0 } as Job['progress'] })));
    expect(tracker.current().fraction).toBeNull();
  });

  it('tells a paused training from one at work', () => {
    const tracker = createActivityTracker();
    tracker.apply(told(training));
    tracker.apply(run('running'));
    expect(tracker.current()).toMatchObject({ isPaused: false, trainingRunIds: [5] });
    tracker.apply(run('paused'));
    expect(progressBar(tracker.current()).mode).toBe('paused');
    tracker.apply(told(job()));
    expect(tracker.current().isPaused).toBe(false);
    tracker.apply(told({ ...training, status: 'done' }));
    expect(tracker.current().trainingRunIds).toEqual([]);
  });

  it('names a job that has ended once', () => {
    const tracker = createActivityTracker();
    tracker.apply(told(job()));
    const done = job({ status: 'done' });
    expect(tracker.apply(told(done))).toEqual({ job: done });
    expect(tracker.apply(told(done))).toEqual({});
    expect(progressBar(tracker.current())).toEqual({ value: -1, mode: 'none' });
    expect(windowTitle(tracker.current(), undefined)).toBe('SimGAN Studio');
  });

  it('begins anew with another library, and with a snapshot', () => {
    const tracker = createActivityTracker();
    tracker.apply(told(job()));
    tracker.apply({ type: 'library', library: null });
    expect(tracker.current().running).toEqual([]);
    tracker.replace([training, job({ status: 'failed' })], [{ id: 5, status: 'warming' } as Run]);
    expect(tracker.current()).toMatchObject({ running: [training], trainingRunIds: [5] });
    expect(tracker.apply(told(job({ status: 'failed' })))).toEqual({});
    expect(tracker.apply(run('finishing'))).toEqual({});
    expect(tracker.apply(run('done'))).toMatchObject({ run: { id: 5, status: 'done' } });
    expect(tracker.apply(run('done'))).toEqual({});
  });
});

describe('a notification', () => {
  const all = { done: true, failed: true, guard: true };
  const none = { done: false, failed: false, guard: false };

  it('says what came of a job', () => {
    const done = job({ status: 'done', notes: ['993 images came in, 7 did not.'] });
    expect(noticeOfJob(done, 'Labels hold.', all)).toEqual({
      title: 'Importing renders: done',
      body: 'Labels hold.',
      isUrgent: false,
    });
    expect(noticeOfJob(done, null, all)?.body).toBe('993 images came in, 7 did not.');
    const failure = {
      code: 'engine',
      message: 'It died.',
      remedy: 'Try again.',
      details: {},
      cause: null,
    } as const;
    expect(noticeOfJob(job({ status: 'failed', failure }), null, all)).toEqual({
      title: 'Importing renders: failed',
      body: 'It died. Try again.',
      isUrgent: true,
    });
  });

  it('is kept back where the user wants none, or has cancelled the job', () => {
    expect(noticeOfJob(job({ status: 'done' }), null, none)).toBeUndefined();
    expect(noticeOfJob(job({ status: 'failed' }), null, none)).toBeUndefined();
    expect(noticeOfJob(job({ status: 'cancelled' }), null, all)).toBeUndefined();
    expect(noticeOfJob(job(), null, all)).toBeUndefined();
  });

  it('says what a run came to, once, in place of its job', () => {
    const trained = { id: 5, name: 'Eyes', status: 'done', verdict: 'Labels hold.', error: null } as Run;
    expect(noticeOfRun(trained, all)).toEqual({
      title: 'Eyes: trained',
      body: 'Labels hold.',
      isUrgent: false,
    });
    const failed = { ...trained, status: 'failed', error: 'The device is gone.' } as const;
    expect(noticeOfRun(failed, all)).toMatchObject({ body: 'The device is gone.', isUrgent: true });
    expect(noticeOfRun({ ...trained, status: 'stopped' }, all)).toBeUndefined();
    expect(noticeOfRun(trained, none)).toBeUndefined();
    expect(noticeOfRun(failed, none)).toBeUndefined();
    expect(noticeOfJob({ ...training, status: 'done' }, null, all)).toBeUndefined();
  });

  it('says what a guard found', () => {
    const event = { step: 40, kind: 'guard', content: { message: 'Labels drift.' }, createdAt: '' };
    expect(noticeOfRunEvent('Eyes', event, all)).toEqual({
      title: 'Eyes, step 40',
      body: 'Labels drift.',
      isUrgent: true,
    });
    expect(noticeOfRunEvent('Eyes', event, none)).toBeUndefined();
    expect(noticeOfRunEvent('Eyes', { ...event, kind: 'settings' }, all)).toBeUndefined();
    expect(noticeOfRunEvent('Eyes', { ...event, content: 7 }, all)?.body).not.toBe('');
  });
});

describe('the question before quitting', () => {
  it('names what is at work, and what becomes of it', () => {
    const tracker = createActivityTracker();
    tracker.apply(told(training));
    tracker.apply(run('running'));
    tracker.apply(told(job({ id: 3, status: 'waiting' })));
    const question = quitQuestion(tracker.current());
    expect(question.message).toBe('“Training Eyes” is still running.');
    expect(question.detail).toContain('saves a checkpoint');
    expect(question.detail).toContain('One waiting job keeps its place.');
    expect(question.buttons?.[0]).toBe('Save and quit');
    expect(question.buttons?.map((_, button) => choiceOfButton(button))).toEqual([
      'save-and-quit',
      'keep-in-tray',
      'cancel',
    ]);
    expect(choiceOfButton(question.cancelId ?? -1)).toBe('cancel');
    expect(choiceOfButton(99)).toBe('cancel');
  });

  it('says that a paused training stays paused', () => {
    const tracker = createActivityTracker();
    tracker.apply(told(training));
    tracker.apply(run('paused'));
    expect(quitQuestion(tracker.current()).detail).toBe(
      '“Training Eyes” is paused. It saves a checkpoint and waits there until you resume it.',
    );
  });

  it('promises no checkpoint before the first step, and none of a job that is no training', () => {
    const tracker = createActivityTracker();
    tracker.apply(told(training));
    tracker.apply(run('preflight'));
    expect(quitQuestion(tracker.current()).detail).toContain('has no checkpoint yet');
    expect(quitQuestion(tracker.current()).buttons?.[0]).toBe('Stop and quit');
    tracker.apply(told({ ...training, status: 'done' }));
    tracker.apply(told(job()));
    expect(quitQuestion(tracker.current()).detail).toBe(
      '“Importing renders” is cancelled. What it has finished is kept.',
    );
  });

  it('hears of a run that fails before its first step', () => {
    const tracker = createActivityTracker();
    tracker.apply(run('preflight'));
    expect(tracker.apply(run('failed'))).toMatchObject({ run: { id: 5, status: 'failed' } });
  });
});

describe('keeping awake', () => {
  it('holds one block while something is at work, and none else', () => {
    const blocks = new Set<number>();
    let started = 0;
    const keepAwake = createKeepAwake({
      start(kind) {
        expect(kind).toBe('prevent-app-suspension');
        blocks.add(++started);
        return started;
      },
      stop: (id) => blocks.delete(id),
    });
    for (const isWorking of [false, true, true, true]) keepAwake(isWorking);
    expect(blocks.size).toBe(1);
    for (const isWorking of [false, false]) keepAwake(isWorking);
    expect(blocks.size).toBe(0);
    keepAwake(true);
    expect([...blocks]).toEqual([2]);
  });
});
