import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutputOf, StudioClient } from '../../core/contract/contract.ts';
import { openLibrary } from '../../core/library/library.ts';
import { brokenRecords } from '../support/fingerprint.ts';
import { startServe, workFolder, type ServeProcess } from '../support/serve-process.ts';
import { jobAtWork, jobEnded, order, runEnded, simulateBoth, until } from '../support/studio-path.ts';

const STEPS = 150;

type Run = OutputOf<'runs.get'>;

/**
 * SIGKILL to a real `simgan serve` in the middle of a job: the library is whole, the job says what became of it, and the
 * same is at work again when it is asked for. (killed-jobs.test.ts kills workers too; `node test/bench/job-kills.ts` kills as
 * often as wanted.)
 */
describe('killed in the middle of a job', () => {
  let folder: string;
  let served: ServeProcess;
  let studio: StudioClient;
  let trained: Run;
  const library = (): string => join(workFolder(folder), 'Eyes.simgan');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simgan-kills-'));
    await serve();
    await studio.library.create({ folder: library(), name: null });
    await simulateBoth(studio, 24);
    const { runId } = await studio.runs.start(await order(studio));
    trained = await runEnded(studio, runId);
    await jobEnded(studio, (await studio.refine.start({ runId, step: trained.step })).jobId);
  });
  afterAll(async () => {
    await served.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function serve(...args: string[]): Promise<void> {
    served = await startServe(folder, ...args);
    studio = served.window.studio;
  }

  async function killHost(): Promise<void> {
    await served.killHard();
    await serve('--library', library());
  }

  async function expectWhole(): Promise<void> {
    using open = openLibrary(library(), { access: 'read' });
    expect(await brokenRecords(open)).toEqual([]);
  }

  /** A training that has come some way, and is at work. */
  async function trainingAtWork(name: string): Promise<number> {
    const wish = await order(studio, { steps: STEPS, checkpointEvery: 20 });
    const { runId } = await studio.runs.start({ ...wish, name });
    await until(
      () => studio.runs.get({ id: runId }),
      ({ step }) => step > 30,
      20,
    );
    return runId;
  }

  it.each([
    [
      'simulate',
      (name: string) =>
        studio.simulate.start({
          ...{ subject: 'eye', look: 'render', name, count: 2000, seed: 2, widthPx: 55, heightPx: 35 },
        } as const),
    ],
    ['evaluate', () => studio.evaluate.start({ runId: trained.id, step: trained.step })],
    ['health', () => studio.datasets.measureHealth({})],
    ['map', () => studio.datasets.makeMap({ method: 'umap', images: 40, seed: 1 })],
    [
      'probe',
      async () => studio.runs.probe({ order: await order(studio), grid: { lambda: [0.1, 1] }, steps: 200 }),
    ],
  ])('the host, of %s: it failed, and is at work again when it is asked for', async (_, start) => {
    const { jobId } = await start('first');
    await jobAtWork(studio, jobId);
    await killHost();
    const { status, failure } = await studio.jobs.get({ id: jobId });
    expect([status, failure?.message]).toEqual(['failed', expect.stringContaining('interrupted')]);
    await expectWhole();
    const again = await start('second');
    expect(await jobAtWork(studio, again.jobId)).toMatchObject({ status: 'running' });
    await studio.jobs.cancel({ id: again.jobId });
    expect(await jobEnded(studio, again.jobId)).toMatchObject({ status: 'cancelled' });
    await expectWhole();
  });

  it.each([
    ['dial', () => studio.inspect.measureDial({ runId: trained.id, step: trained.step, images: 24 })],
    ['prove', () => studio.runs.prove({ id: trained.id })],
    ['preflight', async () => studio.runs.preflight(await order(studio))],
  ])(
    'the host, of %s, which is short: it failed, and comes to its end when it is asked for',
    async (_, start) => {
      const { jobId } = await start();
      await jobAtWork(studio, jobId);
      await killHost();
      const { status, failure } = await studio.jobs.get({ id: jobId });
      expect([status, failure?.message]).toEqual(['failed', expect.stringContaining('interrupted')]);
      await expectWhole();
      const again = await start();
      expect(await jobEnded(studio, again.jobId)).toMatchObject({ status: 'done' });
      await expectWhole();
    },
  );

  it('the host, of a training: the next one goes on with it', async () => {
    const runId = await trainingAtWork('of the host');
    await killHost();
    await expectWhole();
    const run = await until(
      () => studio.runs.get({ id: runId }),
      ({ status }) => status === 'done' || status === 'failed',
    );
    expect([run.status, run.step]).toEqual(['done', STEPS]);
    const work = (await studio.jobs.list({})).filter(({ kind }) => kind === 'train').slice(-2);
    await jobEnded(studio, work[1].id);
    expect(work[0].failure?.message).toContain('interrupted');
    await expectWhole();
  });

  it('the host, of a training that its user paused: it waits to be resumed, and so does the queue', async () => {
    const runId = await trainingAtWork('paused');
    const { runId: next } = await studio.runs.start({ ...(await order(studio)), name: 'behind it' });
    await studio.runs.command({ id: runId, command: { kind: 'pause' } });
    await until(
      () => studio.runs.get({ id: runId }),
      ({ status }) => status === 'paused',
    );
    await killHost();
    const kept = await until(
      () => studio.runs.get({ id: runId }),
      ({ status }) => status === 'stopped',
    );
    expect(kept.error).toContain('It was paused');
    // A job of the same lane runs after the moment at which the queue would have started.
    const { jobId } = await studio.runs.preflight(await order(studio));
    expect(await jobEnded(studio, jobId)).toMatchObject({ status: 'done' });
    expect((await studio.runs.get({ id: runId })).status).toBe('stopped');
    expect((await studio.runs.get({ id: next })).status).toBe('queued');
    await studio.runs.resume({ id: runId, steps: null, settings: {} });
    const done = await until(
      () => studio.runs.get({ id: runId }),
      ({ status }) => status === 'done' || status === 'failed',
    );
    expect([done.status, done.step]).toEqual(['done', STEPS]);
    await expectWhole();
  });
});
