import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { StudioEvent } from '../../core/contract/events.ts';
import { NO_ADJUSTMENT } from '../../core/contract/label-adjustment.ts';
import { openLibrary, type Library } from '../../core/library/library.ts';
import { isProcessAlive } from '../../core/library/process-alive.ts';
import { presets } from '../../core/simgan/presets.ts';
import { queueTraining } from '../../core/studio/queue/queue.ts';
import { runOverview } from '../../core/studio/runs/run-overview.ts';
import type { JobOrder } from '../../core/studio/service/jobs.ts';
import { preprocessingFor } from '../../core/studio/training/training-data.ts';
import { createEyeLibrary } from '../support/eye-library.ts';
import { brokenRecords, fingerprintOfRun, firstDifference, temporaryFiles } from '../support/fingerprint.ts';
import { jobsOf } from '../support/running-jobs.ts';

/** Enough that a kill meets it in the middle. */
const STEPS = 40;
const IMAGES = 160;

/** All that may be left of an open library. */
const HELD = ['library.lock'];

const wish = { engine: 'wasm', threads: 1 } as const;

let folder: string;
let twin: Map<string, string>;

/** A library with eyes and a run in the queue; the same each time. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-killed-jobs-'));
  const library = await createEyeLibrary(join(folder, 'original'), IMAGES);
  const [synthetic, real] = library.datasets.list();
  const test = presets.find(({ name }) => name === 'test') ?? presets[0];
  const config = { ...test.config, steps: STEPS };
  queueTraining(
    library,
    { config, synthetic, real, preprocessing: preprocessingFor(config, 'none', undefined) },
    wish,
  );
  library.close();
  const undisturbed = openLibrary(await copy('twin'), { access: 'write' });
  await using running = jobsOf(undisturbed);
  await running.until('run', ({ run }) => run.status === 'done');
  const { job } = await running.until('job', (event) => event.job.kind === 'train');
  await running.end(job.id);
  twin = await fingerprintOf(undisturbed);
  await running.jobs.close();
  undisturbed.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(name: string, from = 'original'): Promise<string> {
  await cp(join(folder, from), join(folder, name), { recursive: true });
  return join(folder, name);
}

function fingerprintOf(library: Library): Promise<Map<string, string>> {
  const run = library.runs.latest();
  if (!run) throw new Error('There is no run.');
  return fingerprintOfRun(library, run);
}

const exportOrder = (out: string): JobOrder => ({
  kind: 'export',
  title: 'Exporting',
  lane: 'data',
  runId: 1,
  input: {
    ...{ runId: 1, step: STEPS, folder: out, formats: ['jsonl'] },
    ...{ driftBudgetPx: null, includeUnverified: true },
  },
});

const refineOrder: JobOrder = {
  kind: 'refine',
  title: 'Refining',
  lane: 'engine',
  runId: 1,
  input: { runId: 1, step: STEPS, engine: 'wasm', threads: 1 },
};

const importOrder = (from: string): JobOrder => ({
  kind: 'import',
  title: 'Importing',
  lane: 'data',
  input: {
    ...{ role: 'real', folder: from, format: null, options: {}, name: 'imported', copy: true },
    ...{ adjustment: NO_ADJUSTMENT, depth: null, cropToDepth: false },
  },
});

const resumeOrder: JobOrder = {
  kind: 'train',
  title: 'Going on',
  lane: 'engine',
  runId: 1,
  input: { what: 'resume', runId: 1, steps: null, settings: {}, engine: 'auto', threads: null },
};

describe('a worker is killed', () => {
  test('while it trains: the run is set aside, and goes on to the very same end', async () => {
    using library = openLibrary(await copy('train'), { access: 'write' });
    await using running = jobsOf(library);
    const { job } = await running.until('job', (event) => event.job.kind === 'train');
    await running.until('checkpoint', ({ step }) => step >= 8);
    process.kill(await running.atWork(job.id), 'SIGKILL');
    const killed = await running.end(job.id);
    expect(killed).toMatchObject({
      status: 'failed',
      failure: { code: 'engine', details: { signal: 'SIGKILL' } },
    });
    await running.until('run', ({ run }) => run.status === 'failed');
    expect(library.runs.get(1)?.error).toMatch(
      /^It broke off at step .*SIGKILL.* is kept: go on from there; /,
    );
    expect(running.jobs.list()).toHaveLength(1);
    expect(await brokenRecords(library)).toEqual([]);

    const resumed = await running.end(running.jobs.start(resumeOrder).id);
    expect(resumed).toMatchObject({ status: 'done', result: { ended: [{ runId: 1, status: 'done' }] } });
    expect(firstDifference(twin, await fingerprintOf(library))).toBeUndefined();
    expect(temporaryFiles(library.folder)).toEqual(HELD);
  });

  test('while it refines and exports: what is on record is whole, and the next job completes it', async () => {
    using library = openLibrary(await copy('refine', 'twin'), { access: 'write' });
    await using running = jobsOf(library);
    const out = join(library.folder, '..', 'out');
    for (const order of [refineOrder, exportOrder(out)]) {
      const { id } = running.jobs.start(order);
      process.kill(await running.atWork(id), 'SIGKILL');
      expect((await running.end(id)).status).toBe('failed');
      expect(await brokenRecords(library)).toEqual([]);
      expect((await running.end(running.jobs.start(order).id)).status).toBe('done');
    }
    expect(library.refinedImages.count(1, STEPS)).toBe(IMAGES);
    const verified = running.jobs.start({
      ...{ kind: 'verify', title: 'Verifying', lane: 'data' },
      input: { folder: out },
    });
    expect((await running.end(verified.id)).result).toMatchObject({ isIntact: true, imageCount: IMAGES });
    expect(temporaryFiles(library.folder)).toEqual(HELD);
  });

  test('while it imports: the next import completes the dataset', async () => {
    using library = openLibrary(await copy('import'), { access: 'write' });
    await using running = jobsOf(library);
    const source = library.datasets.list()[0].rootPath;
    // No training meanwhile.
    const { job } = await running.until('job', (event) => event.job.kind === 'train');
    running.jobs.cancel(job.id);
    const { id } = running.jobs.start(importOrder(source));
    process.kill(await running.atWork(id), 'SIGKILL');
    expect((await running.end(id)).status).toBe('failed');
    expect(await brokenRecords(library)).toEqual([]);
    const again = await running.end(running.jobs.start(importOrder(source)).id);
    expect(again).toMatchObject({ status: 'done', result: { dataset: 'imported', datasetId: 3 } });
    const counts = library.imageSearch.counts().filter(({ datasetId }) => datasetId === 3);
    expect(counts.reduce((sum, { total }) => sum + total, 0)).toBe(IMAGES);
    for (const image of library.images.ofDataset(3)) {
      expect(existsSync(join(library.datasets.get(3)?.rootPath ?? '', image.path))).toBe(true);
    }
  });
});

describe('the studio is killed', () => {
  interface KilledStudio {
    readonly child: ChildProcess;
    until(isIt: (event: StudioEvent) => boolean): Promise<void>;
  }

  function startStudio(libraryFolder: string): KilledStudio {
    const child = fork(new URL('../support/studio-process.ts', import.meta.url), [libraryFolder], {
      execArgv: [],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const events: StudioEvent[] = [];
    child.on('message', (event: StudioEvent) => void events.push(event));
    return {
      child,
      async until(isIt) {
        while (!events.some(isIt)) await sleep(5);
      },
    };
  }

  /** Kills the studio; settles when its worker is gone, too. */
  async function kill({ child }: KilledStudio, libraryFolder: string): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
    using library = openLibrary(libraryFolder, { access: 'read' });
    const workers = library.jobs.open().flatMap(({ workerProcessId }) => workerProcessId ?? []);
    expect(workers).not.toEqual([]);
    for (const worker of workers) {
      while (isProcessAlive(worker, hostname()) !== false) await sleep(5);
    }
  }

  test('while a worker trains: the worker goes, the run is interrupted, and goes on to the very same end', async () => {
    const path = await copy('studio');
    const studio = startStudio(path);
    await studio.until((event) => event.type === 'checkpoint' && event.step >= 8);
    await kill(studio, path);
    const reader = openLibrary(path, { access: 'read' });
    expect(await brokenRecords(reader)).toEqual([]);
    expect(runOverview(reader, 1)?.status).toBe('interrupted');
    reader.close();

    using library = openLibrary(path, { access: 'write' });
    await using running = jobsOf(library);
    const [before] = running.jobs.list();
    expect(before).toMatchObject({ kind: 'train', status: 'failed', failure: { code: 'engine' } });
    // The queue is taken up again by itself.
    const { job } = await running.until('job', (event) => event.job.id !== before.id);
    expect(await running.end(job.id)).toMatchObject({ kind: 'train', status: 'done' });
    expect(firstDifference(twin, await fingerprintOf(library))).toBeUndefined();
    expect(temporaryFiles(path)).toEqual(HELD);
  });

  test('while a worker simulates: the next one that opens the library is its only writer', async () => {
    const path = await copy('data', 'twin');
    const studio = startStudio(path);
    studio.child.send({
      ...{ kind: 'simulate', title: 'Simulating', lane: 'data' },
      input: {
        ...{ subject: 'eye', look: 'render', name: 'more', count: 100_000, seed: 1 },
        ...{ widthPx: 24, heightPx: 16 },
      },
    } satisfies JobOrder);
    await studio.until((event) => event.type === 'job' && (event.job.progress?.done ?? 0) > 300);
    studio.child.kill('SIGKILL');
    await once(studio.child, 'exit');
    using library = openLibrary(path, { access: 'write' });
    const count = library.imageSearch.count({});
    await using running = jobsOf(library);
    const order: JobOrder = {
      ...{ kind: 'simulate', title: 'Simulating', lane: 'data' },
      input: {
        ...{ subject: 'eye', look: 'render', name: 'others', count: 20, seed: 1 },
        ...{ widthPx: 24, heightPx: 16 },
      },
    };
    expect((await running.end(running.jobs.start(order).id)).status).toBe('done');
    expect(library.imageSearch.count({})).toBe(count + 20);
    expect(await brokenRecords(library)).toEqual([]);
  });
});
