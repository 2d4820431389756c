import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StudioClient } from '../../core/contract/contract.ts';
import { PROGRAM_VERSION } from '../../core/base/version.ts';
import { buildShell, startShell, type StartedShell } from '../support/electron-stand-in/started-shell.ts';

/**
 * The built shell from its entry on, with real workers, a real library and real training, on a stand-in for Electron: what
 * the shell does and in what order. What Electron does about it is for the specs in test/electron.
 */
let built: string;

beforeAll(async () => {
  built = buildShell(`electron-test-${process.pid}`);
  await mkdir(join(built, 'renderer'));
  await writeFile(join(built, 'renderer', 'index.html'), '<!doctype html><title>Window</title>');
});
afterAll(() => rm(built, { recursive: true, force: true }));

const eyes = { subject: 'eye', count: 60, seed: 1, widthPx: 55, heightPx: 35 } as const;

async function jobDone(studio: StudioClient, jobId: number): Promise<void> {
  await expect
    .poll(async () => (await studio.jobs.get({ id: jobId })).status, { interval: 100 })
    .toBe('done');
}

/** A library with eyes of both looks. */
async function addEyes({ studio, folder }: StartedShell): Promise<string> {
  const library = await studio.library.create({ folder: join(folder, 'Eyes.simgan'), name: 'Eyes' });
  for (const look of ['render', 'camera'] as const) {
    const { jobId } = await studio.simulate.start({ ...eyes, name: look, look });
    await jobDone(studio, jobId);
  }
  return library.folder;
}

async function train(studio: StudioClient, totalSteps: number): Promise<number> {
  const datasets = await studio.datasets.list({});
  const preset = (await studio.runs.presets({})).find(({ name }) => name === 'test');
  if (!preset) throw new Error('There is no preset for tests.');
  const idOf = (role: string): number => datasets.find((dataset) => dataset.role === role)?.id ?? 0;
  const { runId } = await studio.runs.start({
    name: 'Twenty',
    config: { ...preset.config, steps: totalSteps, checkpointEvery: 100_000 },
    syntheticDatasetId: idOf('synthetic'),
    realDatasetId: idOf('real'),
    preprocessing: null,
    engine: 'wasm',
    threads: 1,
  });
  return runId;
}

const named = (record: readonly (readonly unknown[])[], name: string) =>
  record.filter(([what]) => what === name).map(([, ...values]) => values);

describe('the shell', () => {
  it('locks everything down before it is ready, and serves the window to itself alone', async () => {
    await using shell = await startShell(built);
    const names = (await shell.record()).map(([name]) => name);
    for (const early of ['enableSandbox', 'schemes', 'requestSingleInstanceLock', 'crashReporter']) {
      expect(names.indexOf(early), early).toBeLessThan(names.indexOf('ready'));
    }
    for (const guard of [
      'setPermissionRequestHandler',
      'setPermissionCheckHandler',
      'setWindowOpenHandler',
    ]) {
      expect(names.indexOf(guard), guard).toBeLessThan(names.indexOf('loadURL'));
    }
    expect(await shell.order('get', 'simgan://studio/')).toMatchObject({ status: 200 });
    expect(await shell.order('get', 'simgan://studio/../electron/main.js')).toMatchObject({ status: 404 });
    const info = await shell.studio.system.info({});
    expect(info).toMatchObject({ version: PROGRAM_VERSION, shell: 'electron' });
    expect(info.capabilities).toEqual({ dialogs: true, reveal: true, notifications: true });
    expect(await shell.order('foreign call', 'https://example.org/', 'library.current', {})).toMatchObject({
      failure: { code: 'bad-usage' },
    });
    await shell.order('close window');
    expect(await shell.ended).toMatchObject({ code: 0 });
  });

  it('imports, trains 20 steps, and shows it: title, progress, awake, what came of it', async () => {
    await using shell = await startShell(built);
    const { studio } = shell;
    const library = await addEyes(shell);
    const runId = await train(studio, 20);
    await expect
      .poll(async () => (await studio.runs.get({ id: runId })).status, { interval: 100 })
      .toBe('done');
    const isTrained = (record: readonly (readonly unknown[])[]): boolean =>
      named(record, 'notification').length >= 3;
    await expect.poll(async () => isTrained(await shell.record())).toBe(true);
    const record = await shell.record();
    expect(named(record, 'addRecentDocument')).toContainEqual([library]);
    expect(named(record, 'represents')).toContainEqual([library]);
    expect(
      named(record, 'title').some(([title]) => /^\d+ % – .* – Eyes – SimGAN Studio$/.test(String(title))),
    ).toBe(true);
    expect(named(record, 'progress').at(-1)).toEqual([-1, { mode: 'none' }]);
    expect(named(record, 'keep awake').length).toBe(named(record, 'may sleep').length);
    expect(named(record, 'edited')).toContainEqual([true]);
    const { verdict } = await studio.runs.get({ id: runId });
    expect(named(record, 'notification')).toContainEqual([{ title: 'Twenty: trained', body: verdict }]);
  });

  it('tells the window of the first training of a worker while it trains', async () => {
    await using shell = await startShell(built);
    const told: string[] = [];
    shell.studio.subscribe((event) => {
      if (event.type === 'run') told.push(`run ${event.run.status}`);
      else if (event.type === 'metrics' || event.type === 'preview') told.push(event.type);
    });
    await addEyes(shell);
    const runId = await train(shell.studio, 20);
    await expect.poll(() => told, { interval: 100 }).toContain('run done');
    expect(told).toEqual(expect.arrayContaining(['run running', 'metrics', 'preview']));
    expect((await shell.studio.runs.get({ id: runId })).status).toBe('done');
  });

  it('measures engines in processes that the main process starts for the worker', async () => {
    await using shell = await startShell(built);
    await shell.studio.library.create({ folder: join(shell.folder, 'Empty.simgan'), name: null });
    const { jobId } = await shell.studio.engines.measure({});
    await jobDone(shell.studio, jobId);
    const wasm = async () => (await shell.studio.engines.list({})).find(({ name }) => name === 'wasm');
    await expect.poll(wasm).toMatchObject({ state: 'works' });
    const webgpu = (await shell.studio.engines.list({})).find(({ name }) => name === 'webgpu');
    expect(webgpu).toMatchObject({
      state: 'missing',
      reason: expect.stringContaining('Electron forbids') as string,
    });
    expect(named(await shell.record(), 'utility process')).toContainEqual(['SimGAN engine probe']);
  });

  it('asks before it quits while it trains: cancelled, kept in the tray, and saved', async () => {
    const home = await mkdtemp(join(tmpdir(), 'simgan-shell-'));
    try {
      let library: string;
      let runId: number;
      {
        await using shell = await startShell(built, { home });
        library = await addEyes(shell);
        runId = await train(shell.studio, 100_000);
        const stepOf = async () => (await shell.studio.runs.get({ id: runId })).step;
        await expect.poll(stepOf, { interval: 100 }).toBeGreaterThan(2);
        const checkpoints = async () => (await shell.studio.checkpoints.list({ runId })).length;
        const before = await checkpoints();
        await shell.order('emit', 'powerMonitor', 'suspend');
        await expect.poll(checkpoints).toBeGreaterThan(before);

        await shell.order('button', 2);
        await shell.order('quit');
        await shell.order('button', 1);
        await shell.order('close window');
        await expect.poll(async () => named(await shell.record(), 'tray').length).toBe(1);
        const step = await stepOf();
        await expect.poll(stepOf).toBeGreaterThan(step);
        await shell.order('emit', 'app', 'second-instance', [], '/', { library: null });
        expect(named(await shell.record(), 'tray gone')).toHaveLength(1);

        await shell.order('button', 0);
        await shell.order('quit');
        const { code, record } = await shell.ended;
        expect(code).toBe(0);
        expect(named(record, 'message box')).toHaveLength(3);
        expect(String(named(record, 'title').at(-1)?.[0])).toContain('Saving');
      }
      await using again = await startShell(built, { home, words: [library] });
      await expect.poll(() => again.studio.library.current({})).not.toBeNull();
      // It goes on from what was saved, in its turn of the queue.
      const saved = Math.max(...(await again.studio.checkpoints.list({ runId })).map(({ step }) => step));
      expect(saved).toBeGreaterThan(2);
      await expect
        .poll(async () => (await again.studio.runs.get({ id: runId })).step, {
          timeout: 60_000,
          interval: 100,
        })
        .toBeGreaterThan(saved);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it('opens the library again that was open when it was killed', async () => {
    const home = await mkdtemp(join(tmpdir(), 'simgan-shell-'));
    try {
      let library: string;
      {
        await using shell = await startShell(built, { home });
        library = await addEyes(shell);
        process.kill(shell.processId, 'SIGKILL');
        await shell.ended;
      }
      await using again = await startShell(built, { home });
      await expect.poll(async () => (await again.studio.library.current({}))?.folder).toBe(library);
      await again.studio.library.close({});
      // As a log-off does: nobody is there to be asked.
      process.kill(again.processId, 'SIGTERM');
      expect(await again.ended).toMatchObject({ code: 0 });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
