import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';
import { addEyes } from '../../../../test/support/studio.ts';
import { presetNamed } from '../../../../test/reference/cases.ts';
import { openLibrary } from '../../../library/library.ts';
import type { InputOf, OutputOf } from '../../../contract/contract.ts';

type Run = OutputOf<'runs.get'>;

/** Workers that start and trainings that are steered, on a machine that may be busy. */
const PATIENCE_MS = 60_000;

/** Goes on until it is told otherwise. */
const endless = {
  ...presetNamed('test'),
  ...{ widthPx: 20, heightPx: 16, steps: 1_000_000, checkpointEvery: 100_000, previewEvery: 100_000 },
};

let opened: OpenStudio;
beforeAll(async () => {
  opened = await openStudio({ fill: (library) => addEyes(library, 12) });
}, PATIENCE_MS);
afterAll(() => opened[Symbol.asyncDispose]());

async function order(changes: Partial<InputOf<'runs.start'>> = {}): Promise<InputOf<'runs.start'>> {
  const datasets = await opened.client.datasets.list({});
  const idOf = (role: string): number => datasets.find((one) => one.role === role)?.id ?? 0;
  return {
    name: null,
    config: endless,
    syntheticDatasetId: idOf('synthetic'),
    realDatasetId: idOf('real'),
    preprocessing: null,
    engine: 'wasm',
    threads: 1,
    ...changes,
  };
}

/** Waits until what is told of a run is as wanted. */
async function until(id: number, isIt: (run: Run) => boolean): Promise<Run> {
  const { promise, resolve } = Promise.withResolvers<Run>();
  const look = (run: Run): void => {
    if (run.id === id && isIt(run)) resolve(run);
  };
  const unsubscribe = opened.client.subscribe((event) => {
    if (event.type === 'run') look(event.run);
  });
  look(await opened.client.runs.get({ id }));
  return promise.finally(unsubscribe);
}

const isTraining = ({ status, step }: Run): boolean => status === 'running' && step > 0;

describe('a run that is at work', { timeout: PATIENCE_MS }, () => {
  test('pauses, goes on, changes its settings, and stops with all it has', async () => {
    const { client } = opened;
    const { runId: id } = await client.runs.start(await order({ name: 'long' }));
    const command = (given: InputOf<'runs.command'>['command']) =>
      client.runs.command({ id, command: given });
    await until(id, isTraining);
    await expect(client.runs.update({ id, trashed: true })).rejects.toMatchObject({ code: 'busy' });
    await expect(client.runs.resume({ id, steps: null, settings: {} })).rejects.toMatchObject({
      code: 'busy',
    });
    await command({ kind: 'pause' });
    const paused = await until(id, ({ status }) => status === 'paused');
    await command({ kind: 'preview' });
    await command({ kind: 'resume' });
    await until(id, ({ status, step }) => status === 'running' && step > paused.step);
    await command({ kind: 'change', settings: { lambda: 0.25 } });
    await until(id, ({ config }) => config?.lambda === 0.25);
    await command({ kind: 'stop' });
    const stopped = await until(id, ({ status }) => status === 'stopped');
    const story = (await client.runs.narration({ id })).map(({ text }) => text);
    expect(story).toEqual(
      expect.arrayContaining(['It was paused.', 'It goes on.', 'λ is now 0.25 (was 1).']),
    );
    const checkpoints = await client.checkpoints.list({ runId: id });
    expect(checkpoints.at(-1)?.step).toBe(stopped.step);
    const { steps } = await client.runs.previews({ id });
    expect(steps.length).toBeGreaterThan(1);
    expect(stopped.seconds).toBeGreaterThan(0);

    const job = await client.runs.resume({ id, steps: stopped.step + 3, settings: { lambda: 1 } });
    expect((await opened.ended(job)).status).toBe('done');
    expect(await client.runs.get({ id })).toMatchObject({
      ...{ status: 'done', step: stopped.step + 3 },
      config: { lambda: 1 },
    });
    expect((await opened.ended(await client.runs.prove({ id }))).result).toMatchObject({ differences: [] });
  });

  test('lets others wait in the queue, which may be taken out of it', async () => {
    const { client } = opened;
    const { runId: first } = await client.runs.start(await order());
    await until(first, isTraining);
    const { runId: second } = await client.runs.start(await order({ config: { ...endless, steps: 2 } }));
    const { runId: third } = await client.runs.start(await order());
    expect((await client.runs.get({ id: third })).status).toBe('queued');
    expect((await client.jobs.list({})).filter(({ status }) => status === 'running')).toHaveLength(1);
    await client.runs.dequeue({ id: third });
    await expect(client.runs.get({ id: third })).rejects.toMatchObject({ code: 'not-found' });
    await client.runs.command({ id: first, command: { kind: 'stop' } });
    await until(second, ({ status }) => status === 'done');
    expect((await client.runs.get({ id: first })).status).toBe('stopped');
  });

  test('whose job was cancelled waits, and trains when the queue is asked to be worked off', async () => {
    const { client } = opened;
    await expect(client.runs.workQueue({})).rejects.toMatchObject({ code: 'not-found' });
    const { runId: id } = await client.runs.start(await order());
    await until(id, isTraining);
    const atWork = (await client.jobs.list({})).find(({ status }) => status === 'running');
    const jobId = atWork?.id ?? 0;
    expect(await client.runs.workQueue({})).toEqual({ jobId });
    await client.jobs.cancel({ id: jobId });
    expect((await opened.ended({ jobId })).status).toBe('cancelled');
    await until(id, ({ status }) => status === 'queued');
    const again = await client.runs.workQueue({});
    expect(again.jobId).not.toBe(jobId);
    await until(id, isTraining);
    await client.runs.command({ id, command: { kind: 'stop' } });
    expect((await opened.ended(again)).status).toBe('done');
  });

  test('whose process died is set aside, and keeps what it has', async () => {
    const { client } = opened;
    const { runId: id } = await client.runs.start(await order());
    await until(id, isTraining);
    await client.runs.command({ id, command: { kind: 'checkpoint' } });
    await expect.poll(async () => (await client.checkpoints.list({ runId: id })).length).toBeGreaterThan(1);
    await expect(client.runs.dequeue({ id })).rejects.toMatchObject({ code: 'bad-usage' });
    const jobId = (await client.jobs.list({})).find(({ status }) => status === 'running')?.id ?? 0;
    using library = openLibrary(opened.libraryFolder, { access: 'read' });
    process.kill(library.runs.get(id)?.processId ?? 0, 'SIGKILL');
    expect((await opened.ended({ jobId })).status).toBe('failed');
    await until(id, ({ status }) => status === 'failed');
    expect((await client.checkpoints.list({ runId: id })).length).toBeGreaterThan(1);
    await expect(client.runs.dequeue({ id })).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(client.runs.workQueue({})).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is one of several that a probe tries in turn', async () => {
    const { client } = opened;
    const given = { order: await order(), grid: { lambda: [0.1, 1], kg: [1, 2] }, steps: 10 };
    const { result } = await opened.ended(await client.runs.probe(given));
    expect(result).toMatchObject({ rankedBy: 'histogram distance' });
    const names = (await client.runs.list({})).map(({ name, step }) => [name, step]);
    expect(names.slice(-4)).toEqual([
      ['probe 1 λ=0.1 K_g=1', 10],
      ['probe 1 λ=0.1 K_g=2', 10],
      ['probe 1 λ=1 K_g=1', 10],
      ['probe 1 λ=1 K_g=2', 10],
    ]);
    await expect(client.runs.probe({ ...given, grid: { seed: [1, 2] } })).rejects.toMatchObject({
      code: 'bad-usage',
    });
    await expect(client.runs.probe({ ...given, grid: { kg: [1, 0] } })).rejects.toThrow(
      /kg cannot be probed/,
    );
  });
});

test(
  'engines are listed as they were measured last, and nothing is probed for it',
  { timeout: PATIENCE_MS },
  async () => {
    const { client } = opened;
    expect(await client.engines.list({})).toEqual([]);
    expect((await opened.ended(await client.engines.measure({}))).status).toBe('done');
    const engines = await client.engines.list({});
    expect(engines.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'wasm']);
    const wasm = engines.at(-1);
    expect(wasm).toMatchObject({ state: 'works', remedy: '' });
    expect(wasm?.stepsPerSecond).toBeGreaterThan(0);
    for (const { state, reason, remedy } of engines)
      expect(state === 'works' || (reason && remedy)).toBeTruthy();
  },
);

test('presets that cannot be used are named, and not written over', async () => {
  const file = join(opened.folder, 'state', 'presets.json');
  const ownTitles = async (): Promise<string[]> =>
    (await opened.client.runs.presets({})).filter(({ own }) => own).map(({ title }) => title);
  const noted: string[] = [];
  const unsubscribe = opened.client.subscribe((event) => {
    if (event.type === 'log' && event.entry.source === 'presets') noted.push(event.entry.text);
  });
  writeFileSync(file, '{"version":1,"presets":[{"title":"old","config":{"lambda":1}}]}');
  expect(await ownTitles()).toEqual([]);
  expect(noted).toEqual([expect.stringContaining('"old"')]);
  await opened.client.runs.savePreset({ title: 'new', config: endless });
  expect(await ownTitles()).toEqual(['new']);
  expect(readFileSync(file, 'utf8')).toContain('"old"');
  noted.length = 0;
  const torn = '{"version":';
  writeFileSync(file, torn);
  await opened.client.runs.savePreset({ title: 'newer', config: endless });
  expect(await ownTitles()).toEqual(['newer']);
  const aside = readdirSync(join(opened.folder, 'state')).find((name) =>
    name.startsWith('presets.json.damaged'),
  );
  expect(readFileSync(join(opened.folder, 'state', aside ?? ''), 'utf8')).toBe(torn);
  expect(noted).toEqual([expect.stringContaining(aside ?? 'a name')]);
  unsubscribe();
});

test('a dataset of another role, or one that is gone, is refused', async () => {
  const given = await order();
  const swapped = { ...given, syntheticDatasetId: given.realDatasetId };
  await expect(opened.client.runs.start(swapped)).rejects.toMatchObject({ code: 'bad-usage' });
  await expect(opened.client.runs.start({ ...given, realDatasetId: 99 })).rejects.toMatchObject({
    code: 'not-found',
  });
});
