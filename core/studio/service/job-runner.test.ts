import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryLibrary } from '../../library/temporary-library.ts';
import { queueTraining, requestRemoval, requestTraining } from '../queue/queue.ts';
import { jobsOf } from '../../../test/support/running-jobs.ts';
import { studioWithEyes } from '../../../test/support/studio.ts';
import type { JobOrder } from './jobs.ts';

/** Processes start slowly on a busy machine. */
const PATIENCE_MS = 120_000;

const simulation = (name: string, count: number): JobOrder => ({
  kind: 'simulate',
  title: `Simulating ${name}`,
  lane: 'data',
  input: { subject: 'eye', look: 'render', name, count, seed: 1, widthPx: 24, heightPx: 16 },
});

const verification = (lane: JobOrder['lane'], folder: string): JobOrder => ({
  kind: 'verify',
  title: 'Verifying',
  lane,
  input: { folder },
});

describe('jobs', { timeout: PATIENCE_MS }, () => {
  test('wait, run and are done: told of as they come forward, and on record', async () => {
    using temporary = temporaryLibrary();
    const { library } = temporary;
    await using running = jobsOf(library);
    const job = running.jobs.start(simulation('drawn', 40));
    expect(job).toMatchObject({ status: 'waiting', kind: 'simulate', progress: null, startedAt: null });
    const done = await running.end(job.id);
    expect(done).toMatchObject({
      status: 'done',
      failure: null,
      progress: { label: 'Simulating drawn', done: 40, total: 40, unit: 'images' },
      result: { dataset: 'drawn', role: 'synthetic', images: 40 },
    });
    expect(library.imageSearch.count({})).toBe(40);
    expect(running.jobs.get(job.id)).toEqual(done);
    expect(running.jobs.list()).toEqual([done]);
    const told = running.of('job').map((event) => event.job.status);
    expect([...new Set(told)]).toEqual(['waiting', 'running', 'done']);
    running.jobs.clear();
    expect(running.jobs.list()).toEqual([]);
    expect(() => running.jobs.get(job.id)).toThrow('no job');
  });

  test('take turns in their lane, in the order of coming, while another lane works', async () => {
    using temporary = temporaryLibrary();
    await using running = jobsOf(temporary.library);
    const ids = ['first', 'second', 'third'].map((name) => running.jobs.start(simulation(name, 150)).id);
    const other = running.jobs.start(verification('engine', '/nowhere'));
    const ended: number[] = [];
    running.jobs.onEnded(({ id }) => void ended.push(id));
    await Promise.all([...ids, other.id].map((id) => running.end(id)));
    expect(ended.filter((id) => id !== other.id)).toEqual(ids);
    expect(ended.indexOf(other.id)).toBeLessThan(3);
    for (const { job } of running.of('job').filter((event) => event.job.status === 'running')) {
      const before = ids[ids.indexOf(job.id) - 1];
      if (before !== undefined) expect(running.jobs.get(before).status).toBe('done');
    }
  });

  test('say why they failed', async () => {
    using temporary = temporaryLibrary();
    await using running = jobsOf(temporary.library);
    const missing = join(temporary.library.folder, 'nowhere');
    const job = await running.end(running.jobs.start(verification('data', missing)).id);
    expect(job).toMatchObject({ status: 'failed', result: null, failure: { code: 'not-found' } });
    expect(job.failure?.message).toContain(missing);
  });

  test('are cancelled: at once while they wait, with nothing left while they run', async () => {
    using temporary = temporaryLibrary();
    const { library } = temporary;
    await using running = jobsOf(library);
    const long = running.jobs.start(simulation('long', 100_000));
    const waiting = running.jobs.start(simulation('waiting', 10));
    await running.atWork(long.id);
    running.jobs.cancel(waiting.id);
    expect(running.jobs.get(waiting.id).status).toBe('cancelled');
    running.jobs.cancel(long.id);
    running.jobs.cancel(long.id);
    const job = await running.end(long.id);
    expect(job).toMatchObject({ status: 'cancelled', failure: null });
    expect(job.notes.at(-1)).toContain('nothing of it is kept');
    running.jobs.cancel(long.id);
    expect(running.jobs.get(long.id)).toEqual(job);
    expect(library.datasets.list()).toEqual([]);
    expect(existsSync(join(library.folder, 'images', 'long'))).toBe(false);
  });

  test('that waited when the studio ended wait on; those at work have failed; the queue is taken up', async () => {
    using studio = await studioWithEyes(8);
    const { library } = studio;
    const order = { ...simulation('late', 5), runId: null };
    const abandoned = library.jobs.add({ ...order, title: 'abandoned' });
    library.jobs.update(abandoned.id, { status: 'running', workerProcessId: 2 ** 30 });
    const waiting = library.jobs.add(order);
    const run = queueTraining(library, studio.request(), { engine: 'wasm', threads: 1 });
    await using running = jobsOf(library);
    expect(running.jobs.get(abandoned.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'engine', remedy: 'Start it again; what was saved is kept.' },
    });
    expect((await running.end(waiting.id)).status).toBe('done');
    const { job } = await running.until('job', (event) => event.job.kind === 'train');
    expect((await running.end(job.id)).result).toMatchObject({
      ended: [{ runId: run.id, status: 'done' }],
      skipped: [],
    });
  });

  test('tell of a training: its row, curves, previews, checkpoints and what happened', async () => {
    using studio = await studioWithEyes(8);
    const { library } = studio;
    const run = queueTraining(library, studio.request({ steps: 30 }), { engine: 'wasm', threads: 1 });
    await using running = jobsOf(library);
    const { job } = await running.until('job', (event) => event.job.kind === 'train');
    expect((await running.end(job.id)).status).toBe('done');
    expect(running.of('run').at(-1)?.run).toMatchObject({ id: run.id, status: 'done', step: 30 });
    expect(running.of('run').map((event) => event.run.status)).toContain('running');
    expect(running.of('metrics').at(-1)).toMatchObject({ runId: run.id, step: 30 });
    const steps = (type: 'preview' | 'checkpoint') =>
      running
        .of(type)
        .map((event) => event.step)
        .sort((left, right) => left - right);
    expect(steps('checkpoint')).toEqual(library.checkpoints.list(run.id).map(({ step }) => step));
    expect(steps('preview')).toEqual([...new Set(library.previews.list(run.id).map(({ step }) => step))]);
    const happened = library.runEvents.list(run.id).filter(({ kind }) => kind !== 'order');
    expect(running.of('run-event').map(({ event }) => event)).toEqual(happened);
    expect(running.jobs.engine()).toMatchObject({ name: 'wasm', device: 'CPU, 1 thread' });
  });

  test('of a studio that is closed end politely, and go on where it is opened again', async () => {
    using studio = await studioWithEyes(8);
    const { library } = studio;
    const run = queueTraining(library, studio.request({ steps: 100_000 }), { engine: 'wasm', threads: 1 });
    const first = jobsOf(library);
    await first.until('checkpoint');
    await first.jobs.close();
    const { status, step } = library.runs.get(run.id) ?? {};
    expect(status).toBe('queued');
    expect(library.checkpoints.latest(run.id)?.step).toBe(step);
    expect(library.jobs.list(9)).toMatchObject([{ kind: 'train', status: 'cancelled' }]);
    await using second = jobsOf(library);
    await second.until('checkpoint', (event) => event.step > (step ?? Infinity));
    expect(second.jobs.list().map((job) => job.status)).toEqual(['cancelled', 'running']);
  });

  test('take in what another process leaves for the queue, also where nothing trains', async () => {
    using studio = await studioWithEyes(8);
    const { library } = studio;
    await using running = jobsOf(library);
    const wish = { engine: 'wasm', threads: 1 } as const;
    const name = await requestTraining(library, studio.request({ steps: 100_000 }), wish);
    const { run } = await running.until('run', (event) => event.run.status === 'running');
    expect(run.name).toBe(name);
    // While one trains the next is shown as waiting, and gone when it is taken back.
    const next = await requestTraining(library, studio.request(), wish);
    const waiting = await running.until('run', (event) => event.run.name === next);
    expect(waiting.run.status).toBe('queued');
    await requestRemoval(library, next);
    await running.until('run-removed', ({ runId }) => runId === waiting.run.id);
    expect(running.jobs.list()).toHaveLength(1);
  });

  test('set a run aside whose process crashes, with what may help, and train the next', async () => {
    using studio = await studioWithEyes(8);
    const { library } = studio;
    const wish = { engine: 'wasm', threads: 1 } as const;
    const crashing = queueTraining(library, studio.request({ steps: 100_000 }), wish);
    const next = queueTraining(library, studio.request(), wish);
    await using running = jobsOf(library);
    const { job } = await running.until('job', (event) => event.job.kind === 'train');
    const { step } = await running.until('checkpoint');
    process.kill(await running.atWork(job.id), 'SIGKILL');
    await running.until('run', ({ run }) => run.id === next.id && run.status === 'preflight');
    expect(library.runs.get(crashing.id)).toMatchObject({ status: 'failed' });
    expect(library.runs.get(crashing.id)?.error).toMatch(
      /^It broke off at step \d+\. .* is kept: go on from there; where it breaks off again, choose another engine/,
    );
    expect(step).toBeLessThanOrEqual(library.runs.get(crashing.id)?.step ?? 0);
    // What was saved is kept: it can go on.
    expect(library.checkpoints.latest(crashing.id)).toBeDefined();
  });

  test('make the sample library and begin to train on it', async () => {
    using temporary = temporaryLibrary();
    const { library } = temporary;
    await using running = jobsOf(library);
    const { id } = running.jobs.start({
      kind: 'sample-library',
      title: 'Making the sample library',
      lane: 'data',
      input: { images: 40, widthPx: 55, heightPx: 35, seed: 1 },
    });
    const { result } = await running.end(id);
    const run = library.runs.latest();
    expect(result).toMatchObject({ runId: run?.id });
    await running.until('job', ({ job }) => job.kind === 'train' && job.status === 'running');
    expect(library.imageSearch.counts().map(({ total }) => total)).toHaveLength(4);
  });
});
