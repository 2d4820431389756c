import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';
import { order, until } from '../../../../test/support/studio-path.ts';
import { addEyes } from '../../../../test/support/studio.ts';
import type { OutputOf } from '../../../contract/contract.ts';
import { openLibrary } from '../../../library/library.ts';

/** Workers start slowly on a busy machine. */
const PATIENCE_MS = 120_000;
const ENDLESS = { steps: 1_000_000, checkpointEvery: 100_000, previewEvery: 100_000 };

let opened: OpenStudio;
beforeEach(async () => {
  opened = await openStudio({ fill: (library) => addEyes(library, 12) });
});
afterEach(() => opened[Symbol.asyncDispose]());

type Run = OutputOf<'runs.get'>;
const runWhen = (id: number, isWanted: (run: Run) => boolean): Promise<Run> =>
  until(() => opened.client.runs.get({ id }), isWanted);

async function startTraining(): Promise<number> {
  const { runId } = await opened.client.runs.start(await order(opened.client, ENDLESS));
  await runWhen(runId, ({ status, step }) => status === 'running' && step > 0);
  return runId;
}

describe('a library with work under way', { timeout: PATIENCE_MS }, () => {
  test('is not left unless that is said: by opening, creating, closing or the sample', async () => {
    const { client, folder, libraryFolder } = opened;
    const runId = await startTraining();
    const other = join(folder, 'Other.simgan');
    const refused = {
      code: 'busy',
      message: expect.stringMatching(/^run 1 is training(, .* left)?\.$/) as string,
      details: { reason: 'work-under-way' },
    };
    await expect(client.library.create({ folder: other, name: null })).rejects.toMatchObject(refused);
    await expect(client.library.createSample({ folder: other, images: 50 })).rejects.toMatchObject(refused);
    await expect(client.library.close({})).rejects.toMatchObject(refused);
    expect(existsSync(other)).toBe(false);
    // The one that is open already is opened without a question.
    expect((await client.library.open({ folder: libraryFolder })).folder).toBe(libraryFolder);
    expect((await client.runs.get({ id: runId })).status).toBe('running');
  });

  test('is left where that is said, and its training starts again only when asked to', async () => {
    const { client, folder, libraryFolder } = opened;
    const runId = await startTraining();
    const { name } = await client.library.create({
      folder: join(folder, 'Other.simgan'),
      name: null,
      whenBusy: 'stop',
    });
    expect(name).toBe('Other');
    await client.library.open({ folder: libraryFolder });
    // A job of the other lane comes after the moment at which the queue would have started.
    const { jobId } = await client.simulate.start({
      ...{ subject: 'eye', look: 'render', name: 'more', count: 4, seed: 2, widthPx: 24, heightPx: 16 },
    });
    expect((await opened.ended({ jobId })).status).toBe('done');
    const { status, step } = await client.runs.get({ id: runId });
    expect(status).toBe('queued');
    const trains = (await client.jobs.list({})).filter(({ kind }) => kind === 'train');
    expect(trains.map((job) => job.status)).toEqual(['cancelled']);
    await client.runs.resume({ id: runId, steps: null, settings: {} });
    await runWhen(runId, (run) => run.status === 'running' && run.step > step);
  });

  test('counts other jobs, too, and those that wait', async () => {
    const { client } = opened;
    const eyes = { subject: 'eye', look: 'render', seed: 2, widthPx: 55, heightPx: 35 } as const;
    const long = await client.simulate.start({ ...eyes, name: 'many', count: 20_000 });
    const next = await client.simulate.start({ ...eyes, name: 'next', count: 4 });
    await until(
      () => client.jobs.get({ id: long.jobId }),
      ({ status }) => status === 'running',
    );
    await expect(client.library.close({})).rejects.toMatchObject({
      message: expect.stringMatching(/many" is running.*\. 1 job is waiting\.$/) as string,
    });
    await client.library.close({ whenBusy: 'stop' });
    await client.library.open({ folder: opened.libraryFolder });
    const jobs = await Promise.all([long, next].map(({ jobId }) => client.jobs.get({ id: jobId })));
    expect(jobs.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  test('that was paused when the studio ended waits to be resumed', async () => {
    const { client, libraryFolder, studio } = opened;
    const runId = await startTraining();
    await client.runs.command({ id: runId, command: { kind: 'pause' } });
    await runWhen(runId, ({ status }) => status === 'paused');
    await expect(client.library.close({})).rejects.toMatchObject({ message: 'run 1 is paused.' });
    await studio.close();
    using library = openLibrary(libraryFolder, { access: 'read' });
    expect(library.runs.get(runId)?.status).toBe('stopped');
  });
});
