import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CONFIG_VERSION } from '../../core/contract/config/migrations.ts';
import { readTrainingConfig } from '../../core/contract/config/read.ts';
import { runSchema } from '../../core/contract/operations/runs.ts';
import { openEngine, type Engine } from '../../core/engine/engine.ts';
import { runSummary } from '../../core/host/run-summary.ts';
import { trainingConfigFrom } from '../../core/host/training-flags.ts';
import { openLibrary, type Library } from '../../core/library/library.ts';
import { temporaryFolder } from '../../core/library/temporary-library.ts';
import { readCheckpoint } from '../../core/simgan/checkpoint.ts';
import { lastProbeNumber } from '../../core/studio/probe/probe.ts';
import { workOffQueue } from '../../core/studio/queue/queue-work.ts';
import { listQueue } from '../../core/studio/queue/queue.ts';
import { shardPath } from '../../core/studio/refine/refined-files.ts';
import { refineRun } from '../../core/studio/refine/refinement.ts';
import { narrateRun } from '../../core/studio/runs/narration.ts';
import { runOverviews } from '../../core/studio/runs/run-overview.ts';
import { findCheckpoint, findRun } from '../../core/studio/runs/runs.ts';
import { readOwnPresets } from '../../core/studio/service/training/own-presets.ts';
import { proveRun } from '../../core/studio/training/prove.ts';
import { branchTraining, resumeTraining } from '../../core/studio/training/training-run.ts';
import { presetNamed } from '../reference/cases.ts';
import { quietHooks } from '../support/studio.ts';
import { unpackVersion1, VERSION_1_FOLDER } from '../support/version-1.ts';

const stored: unknown = JSON.parse(readFileSync(join(VERSION_1_FOLDER, 'config.json'), 'utf8'));
const config = readTrainingConfig(stored, 'The fixture');
const noChange = { steps: undefined, settings: {} };

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

let folder: string;
let library: Library;
beforeEach(() => {
  const temporary = temporaryFolder();
  folder = temporary.path;
  unpackVersion1(join(folder, 'Old.simgan'));
  library = openLibrary(join(folder, 'Old.simgan'), { access: 'write' });
  return () => {
    library.close();
    temporary[Symbol.dispose]();
  };
});

describe('a library of version 1', () => {
  test('lists its runs, its queue and its probe', () => {
    const runs = runOverviews(library).map((run) => runSchema.parse(run));
    expect(runs.map(({ name, status, ...run }) => [name, status, run.config?.lambda])).toEqual([
      ['finished', 'done', 1],
      ['branch', 'done', 0.25],
      ['queued', 'queued', 1],
      ['probe 1 λ=0.1', 'queued', 0.1],
    ]);
    expect(runs[0].config).toEqual(config);
    expect(listQueue(library).map(({ name, status, steps }) => [name, status, steps])).toEqual([
      ['queued', 'queued', 8],
      ['probe 1 λ=0.1', 'queued', 8],
      ['requested', 'requested', 8],
    ]);
    expect(lastProbeNumber(library)).toBe(1);
    expect(narrateRun(library, findRun(library, 'branch')).map(({ text }) => text)).toContain(
      'λ is now 0.25; Steps T is now 6.',
    );
  });

  // The wasm engine computes the same bits on every processor: these are compared with those of version 1.
  test('trains its last steps again, bit for bit', async () => {
    for (const name of ['finished', 'branch']) {
      const hooks = { signal: new AbortController().signal, onProgress: () => undefined };
      const proof = await proveRun(library, engine, findRun(library, name), hooks);
      expect(proof).toMatchObject({ fromStep: 4, differences: [] });
      expect(proof.tensors).toBeGreaterThan(0);
    }
  });

  test('branches as it did, bit for bit, and writes configurations with a version', async () => {
    const old = findRun(library, 'branch');
    const options = { steps: 6, settings: { lambda: 0.25 }, name: 'again' };
    const again = await branchTraining(
      library,
      engine,
      findRun(library, 'finished'),
      4,
      options,
      quietHooks(),
    );
    const [before, after] = await Promise.all(
      [old, again].map(async (run) => await readCheckpoint(checkpointFile(run.name, 6))),
    );
    expect([...after.file.tensors]).toEqual([...before.file.tensors]);
    expect(after.config).toEqual(before.config);
    expect(JSON.parse(after.file.metadata.config)).toEqual({ ...config, lambda: 0.25, steps: 6 });
    expect(again.config).toMatchObject({ configVersion: CONFIG_VERSION });
    expect(library.runEvents.list(again.id, 'change').map(({ content }) => content)).toEqual([
      { lambda: 0.25, steps: 6, configVersion: CONFIG_VERSION },
    ]);
  });

  test('refines as it did', async () => {
    const run = findRun(library, 'finished');
    const file = shardPath(library, run, 8, 0);
    const before = readFileSync(file);
    rmSync(file);
    const result = await refineRun(library, run, findCheckpoint(library, run, 8), quietHooks());
    expect(result).toMatchObject({ count: 8, alreadyDone: 0, outcome: 'done' });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('goes on with a finished run, and trains its queue', async () => {
    const longer = { ...noChange, steps: 9 };
    const run = await resumeTraining(library, engine, findRun(library, 'finished'), longer, quietHooks());
    expect(run).toMatchObject({ status: 'done', step: 9, config: { ...config, steps: 9 } });
    const outcome = await workOffQueue(library, (_, work) => work(engine), quietHooks());
    expect(outcome.ended.map(({ name, status }) => [name, status])).toEqual([
      ['queued', 'done'],
      ['probe 1 λ=0.1', 'done'],
      ['requested', 'done'],
    ]);
    expect(outcome.skipped).toEqual([]);
  });

  test('lists a run whose configuration is newer beside the others, and does not train it', async () => {
    const newer = { ...config, configVersion: CONFIG_VERSION + 5 };
    const [{ id }] = library.runs.list();
    library.runs.update(id, { config: newer });
    const runs = runOverviews(library).map((run) => runSchema.parse(run));
    expect(runs.map((run) => run.config === null)).toEqual([true, false, false, false]);
    const message = `The training config of finished was made by a newer version of SimGAN Studio (config version ${CONFIG_VERSION + 5}, this program reads up to ${CONFIG_VERSION}).`;
    expect(runs[0].configError).toBe(`${message} Update the program.`);
    expect(runs[0].verdict).not.toBeNull();
    expect(runSummary(library, findRun(library, 'finished')).configError).toBe(runs[0].configError);
    const longer = { ...noChange, steps: 9 };
    const attempt = resumeTraining(library, engine, findRun(library, 'finished'), longer, quietHooks());
    await expect(attempt).rejects.toMatchObject({ code: 'too-new', message });
    expect(library.checkpoints.list(id).map(({ step }) => step)).toEqual([0, 4, 8]);
  });

  test('skips a queued run whose configuration is newer, and trains the others', async () => {
    const queued = findRun(library, 'queued');
    library.runs.update(queued.id, { config: { ...config, configVersion: CONFIG_VERSION + 5 } });
    const notes: string[] = [];
    const outcome = await workOffQueue(library, (_, work) => work(engine), quietHooks(notes));
    expect(outcome.ended.map(({ name }) => name)).toEqual(['probe 1 λ=0.1', 'requested']);
    expect(outcome.skipped).toEqual(['queued']);
    expect(notes.join('\n')).toContain(
      'queued is skipped: The training config of queued was made by a newer',
    );
    expect(findRun(library, 'queued').status).toBe('queued');
  });

  function checkpointFile(name: string, step: number): string {
    const run = findRun(library, name);
    return join(library.runFolder(run.id), findCheckpoint(library, run, step).path);
  }
});

test('a preset of version 1 is read, and one of a newer version is told beside it', () => {
  const state = join(folder, 'state');
  const file = join(state, 'presets.json');
  mkdirSync(state);
  cpSync(join(VERSION_1_FOLDER, 'presets.json'), file);
  const mine = { name: 'own:Mine', title: 'Mine', config: { ...config, lambda: 0.5 } };
  expect(readOwnPresets(state, (text) => expect.unreachable(text))).toEqual([mine]);

  const newer = { title: 'Newer', config: { ...config, configVersion: CONFIG_VERSION + 5 } };
  writeFileSync(file, JSON.stringify({ version: 1, presets: [newer, { title: 'Mine', config: stored }] }));
  const notes: string[] = [];
  const presets = readOwnPresets(state, (text) => notes.push(text));
  expect(presets.map(({ title }) => title)).toEqual(['Mine']);
  expect(notes).toEqual([expect.stringContaining('The preset "Newer" is left out.')]);
  expect(notes[0]).toContain(file);
});

test('a configuration file of version 1 means what it meant, whatever the preset', () => {
  expect(trainingConfigFrom(presetNamed('eye-small'), stored, {})).toEqual(config);
  expect(trainingConfigFrom(presetNamed('eye-small'), { lambda: 3 }, {})).toEqual({
    ...presetNamed('eye-small'),
    lambda: 3,
  });
  expect(() => trainingConfigFrom(presetNamed('test'), { configVersion: CONFIG_VERSION + 5 }, {})).toThrow(
    `The training config of --config was made by a newer version of SimGAN Studio (config version ${CONFIG_VERSION + 5}`,
  );
});
