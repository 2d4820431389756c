import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Progress } from '../base/progress.ts';
import { StudioError } from '../base/studio-error.ts';
import { isProcessAlive } from '../library/process-alive.ts';
import { temporaryFolder } from '../library/temporary-library.ts';
import { forkLauncher } from './fork-launcher.ts';
import { createWorkerProcess, DEFAULT_LIMITS, type WorkHooks, type WorkerLimits } from './worker-process.ts';

/** Processes start slowly on a busy machine. */
const PATIENCE_MS = 30_000;

const ENTRY = new URL('../../test/support/rough-worker.ts', import.meta.url);

function worker(limits: Partial<WorkerLimits> = {}) {
  const heard: string[] = [];
  const process = createWorkerProcess(forkLauncher(ENTRY), { ...DEFAULT_LIMITS, ...limits }, (text) =>
    heard.push(text),
  );
  onTestFinished(() => process.stop());
  return { process, heard };
}

function hooks(signal = new AbortController().signal) {
  const progress: Progress[] = [];
  const notes: string[] = [];
  const events: unknown[] = [];
  const processIds: (number | undefined)[] = [];
  const all: WorkHooks = {
    signal,
    onStart: (processId) => void processIds.push(processId),
    onProgress: (one) => void progress.push(one),
    onNote: (note) => void notes.push(note),
    onEvent: (event) => void events.push(event),
  };
  return { ...all, progress, notes, events, processIds };
}

async function failureOf(work: Promise<unknown>): Promise<StudioError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StudioError) return error;
  throw new Error('No StudioError was thrown.', { cause: error });
}

async function untilGone(processId: number): Promise<void> {
  while (isProcessAlive(processId, hostname()) !== false) await sleep(20);
}

describe('a worker process', { timeout: PATIENCE_MS }, () => {
  test('is started once, does jobs one after the other, and gives back what they return', async () => {
    const { process } = worker();
    const first = hooks();
    const processId = await process.run('processId', null, first);
    expect(first.processIds).toEqual([processId]);
    expect(await process.run('echo', { a: [1, 'é', null] }, hooks())).toEqual({ a: [1, 'é', null] });
    expect(await process.run('processId', null, hooks())).toBe(processId);
  });

  test('keeps its space for new objects small, however many outlive it', async () => {
    const { process } = worker();
    const mebibytes = (await process.run('manyObjects', null, hooks())) as number;
    expect(mebibytes).toBeGreaterThan(0);
    expect(mebibytes).toBeLessThanOrEqual(32);
  });

  test('passes on what a job throws, as the same kind of error', async () => {
    const { process } = worker();
    const error = await failureOf(process.run('refuse', null, hooks()));
    expect(error).toMatchObject({
      code: 'bad-input',
      message: 'eye.png is no picture.',
      remedy: 'Remove it.',
      details: { path: 'eye.png' },
    });
    expect(error.cause).toMatchObject({ message: 'bad magic' });
    await expect(process.run('fault', null, hooks())).rejects.not.toBeInstanceOf(StudioError);
    await expect(process.run('nonsense', null, hooks())).rejects.toThrow('no job "nonsense"');
  });

  test('tells progress at most ten times a second and on every new label, the last of it surely', async () => {
    const { process } = worker();
    const told = hooks();
    const startMs = performance.now();
    expect(await process.run('count', null, told)).toBe('counted');
    const tenths = (performance.now() - startMs) / 100;
    expect(told.progress.length).toBeGreaterThan(2);
    expect(told.progress.length).toBeLessThanOrEqual(tenths + 3);
    expect(told.progress.map(({ done }) => done)).toContain(501);
    expect(told.progress.at(-1)).toEqual({ done: 1000, total: 1000, unit: 'things', label: 'Second half' });
    expect(told.notes).toEqual(['It begins.']);
    expect(told.events).toEqual([{ colour: 'blue' }]);
  });

  test('cancels politely, also a job that has not begun', async () => {
    const { process } = worker();
    const controller = new AbortController();
    const counting = process.run('count', null, hooks(controller.signal));
    setTimeout(() => controller.abort(), 300);
    expect(await failureOf(counting)).toMatchObject({ code: 'cancelled', message: 'Stopped.' });
    expect((await failureOf(process.run('count', null, hooks(AbortSignal.abort())))).code).toBe('cancelled');
    expect(await process.run('echo', 1, hooks())).toBe(1);
  });

  test('kills a job that does not end when it is asked to, and starts anew', async () => {
    const { process } = worker({ cancelMs: 200 });
    const controller = new AbortController();
    const deaf = process.run('deaf', null, hooks(controller.signal));
    controller.abort();
    const error = await failureOf(deaf);
    expect(error.code).toBe('engine');
    expect(error.message).toContain('did not end when it was asked to');
    expect(await process.run('echo', 1, hooks())).toBe(1);
  });

  test.each([
    ['exit', { exitCode: 3, standardError: 'tensor of shape [3] expected' }, 'exit code 3'],
    ['kill', { signal: 'SIGKILL' }, 'SIGKILL'],
  ])('tells a crash by %s from an error, with what it wrote last', async (method, details, words) => {
    const { process, heard } = worker();
    const error = await failureOf(process.run(method, null, hooks()));
    expect(error.code).toBe('engine');
    expect(error.message).toContain(words);
    expect(error.details).toEqual(details);
    if ('standardError' in details) expect(heard.join('')).toContain(details.standardError);
    expect(await process.run('echo', 1, hooks())).toBe(1);
  });

  test.each(['kill', 'leave', 'exhaustHeap'])(
    'names memory as the likely reason of a crash by %s',
    async (method) => {
      const { process } = worker();
      const { remedy } = await failureOf(process.run(method, null, hooks()));
      expect(remedy).toContain('run out of memory');
    },
  );

  test('takes what is thrown outside of a job for a crash', async () => {
    const { process } = worker();
    const error = await failureOf(process.run('throwLater', null, hooks()));
    expect(error.details.exitCode).toBe(1);
    expect(error.details.standardError).toContain('outside of the job');
  });

  test('lets a long step pass and ends one that says nothing for too long', async () => {
    const patient = worker({ silenceMs: 10_000 });
    expect(await patient.process.run('hang', 500, hooks())).toBe('back again');
    const strict = worker({ silenceMs: 500 });
    const error = await failureOf(strict.process.run('hang', 20_000, hooks()));
    expect(error.message).toContain('said nothing');
  });

  test('gives its memory back when there is nothing to do, and comes again', async () => {
    const { process } = worker({ idleMs: 50 });
    const processId = Number(await process.run('processId', null, hooks()));
    await untilGone(processId);
    expect(await process.run('processId', null, hooks())).not.toBe(processId);
  });

  test('tells what memory it takes, and takes none when it is gone', async () => {
    const { process } = worker();
    expect(process.memoryBytes()).toBe(0);
    await process.run('fill', 300_000_000, hooks());
    await expect.poll(() => process.memoryBytes(), { timeout: PATIENCE_MS }).toBeGreaterThan(300_000_000);
    await process.stop();
    expect(process.memoryBytes()).toBe(0);
  });

  test('stops at once', async () => {
    const { process } = worker();
    const deaf = failureOf(process.run('deaf', null, hooks()));
    await process.stop();
    expect((await deaf).message).toContain('no longer needed');
  });

  test('that cannot be started fails its job', async () => {
    const missing = createWorkerProcess(forkLauncher(new URL('nowhere.ts', ENTRY)));
    expect((await failureOf(missing.run('echo', 1, hooks()))).details.standardError).toContain('nowhere.ts');
  });

  test('exits when its studio is killed', async () => {
    using folder = temporaryFolder();
    const script = join(folder.path, 'studio.mjs');
    const here = new URL('.', import.meta.url).href;
    writeFileSync(
      script,
      `
        import { createWorkerProcess } from '${here}worker-process.ts';
        import { forkLauncher } from '${here}fork-launcher.ts';
        const nothing = () => {};
        void createWorkerProcess(forkLauncher(new URL('${ENTRY.href}'))).run('deaf', null, {
          signal: new AbortController().signal,
          onStart: (processId) => process.send(processId),
          onProgress: nothing, onNote: nothing, onEvent: nothing,
        });
      `,
    );
    const studio = fork(script, { execArgv: [] });
    onTestFinished(() => void studio.kill('SIGKILL'));
    const [processId] = (await once(studio, 'message')) as [number];
    // Long enough to be at work.
    await sleep(300);
    expect(isProcessAlive(processId, hostname())).toBe(true);
    studio.kill('SIGKILL');
    await untilGone(processId);
  });
});
