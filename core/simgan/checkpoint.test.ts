import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSafeTensors, writeSafeTensors } from '../base/safetensors.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { presetNamed } from '../../test/reference/cases.ts';
import { trainOnNoise, type TrainingRecord } from '../../test/reference/training.ts';
import { createSimGan } from './algorithm-1.ts';
import { checkpointPath, readCheckpoint, restoreRun, restoreWeights } from './checkpoint.ts';

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'simgan-checkpoint-'));
});
afterAll(async () => {
  engine.dispose();
  await rm(folder, { recursive: true });
});

let runs = 0;
const newRunFolder = (): string => join(folder, `run-${runs++}`);

/** 4 updates of pre-training of each network, then 7 steps. */
const config: TrainingConfig = {
  ...presetNamed('test'),
  widthPx: 13,
  heightPx: 9,
  historyCapacity: 7,
  refinerPretrainSteps: 4,
  discriminatorPretrainSteps: 4,
  steps: 7,
  kg: 2,
  checkpointEvery: 3,
};
const TOTAL = 15;

/** What a run told after the first `position` pieces of its work. */
function told(record: TrainingRecord, position: number) {
  const steps = record.steps.slice(position);
  return {
    steps,
    metrics: record.metrics.filter(({ step }) => steps.includes(step)),
    history: record.history.filter(({ step }) => steps.includes(step)),
    last: record.checkpoints.at(-1)?.saved.sha256,
    preview: record.previews.at(-1),
  };
}

describe.each(['sgd', 'momentum', 'adam'] as const)(
  '%s: a resumed run is its uninterrupted twin',
  (optimizer) => {
    const run = { ...config, optimizer };
    let twin: TrainingRecord;
    let twinFolder: string;
    beforeAll(async () => {
      twinFolder = newRunFolder();
      ({ record: twin } = await trainOnNoise(run, { runFolder: twinFolder }));
      expect(twin.steps).toHaveLength(TOTAL);
    });

    // The last checkpoint holds weights, moments, generators and cursors: equal bytes are an equal run.
    test.each([
      ['in the pre-training of R', 2],
      ['between the two', 4],
      ['in the pre-training of D', 6],
      ['before step 1', 8],
      ['at step 2, 5 steps before the end', 10],
      ['before the last step', 14],
    ])('stopped %s', async (_, position) => {
      const runFolder = newRunFolder();
      const stopped = await trainOnNoise(run, {
        runFolder,
        command: ({ steps }) => (steps.length === position ? { kind: 'stop' } : undefined),
      });
      await expect(stopped.ended).resolves.toMatchObject({ outcome: 'stopped' });
      const path = stopped.record.checkpoints.at(-1)?.saved.path ?? '';
      const { record } = await trainOnNoise(run, { runFolder, resume: await readCheckpoint(path) });
      // Checkpoints hold the history's digest only; its images come from files of another division.
      expect(told(record, 0)).toEqual(told(twin, position));
      expect(await historyOf(run, runFolder, 7)).toEqual(await historyOf(run, twinFolder, 7));
    });

    test('resumed from an earlier checkpoint although it had gone on', async () => {
      const runFolder = newRunFolder();
      await cp(twinFolder, runFolder, { recursive: true });
      const resume = await readCheckpoint(checkpointPath(runFolder, 3));
      const { record } = await trainOnNoise(run, { runFolder, resume });
      expect(told(record, 0)).toEqual(told(twin, 11));
      expect(await historyOf(run, runFolder, 7)).toEqual(await historyOf(run, twinFolder, 7));
    });

    test('resumed after a crash between the history’s file and the checkpoint', async () => {
      const runFolder = newRunFolder();
      await cp(twinFolder, runFolder, { recursive: true });
      await rm(checkpointPath(runFolder, 7));
      await rm(checkpointPath(runFolder, 6));
      const resume = await readCheckpoint(checkpointPath(runFolder, 3));
      const { record } = await trainOnNoise(run, { runFolder, resume });
      expect(told(record, 0)).toEqual(told(twin, 11));
    });
  },
);

/** Every image of the history buffer at a step. */
async function historyOf(run: TrainingConfig, runFolder: string, step: number) {
  const gan = createSimGan(run);
  await restoreRun(gan, await readCheckpoint(checkpointPath(runFolder, step)), runFolder);
  // Restored entries count as saved, so all are asked for by their slots.
  const size = gan.history?.size() ?? 0;
  const images = new Float32Array(size * run.widthPx * run.heightPx * run.channels);
  const slots = gan.history?.sample(size, gan.historyRandom, images);
  gan.dispose();
  return { slots, images };
}

describe('reading', () => {
  let runFolder: string;
  beforeAll(async () => {
    runFolder = newRunFolder();
    await trainOnNoise(config, { runFolder });
  });

  test('a checkpoint holds its config, its step and every weight and moment', async () => {
    const checkpoint = await readCheckpoint(checkpointPath(runFolder, 7));
    expect(checkpoint.config).toEqual(config);
    expect(checkpoint.step).toBe(7);
    expect(checkpoint.state.position).toBe(TOTAL);
    expect(checkpoint.state.refinerUpdates).toBe(4 + 7 * 2);
    expect(checkpoint.state.discriminatorUpdates).toBe(4 + 7);
    const gan = createSimGan(config);
    const networks = [...gan.refiner.weights, ...gan.discriminator.weights].map(({ name }) => name);
    gan.dispose();
    expect([...checkpoint.file.tensors.keys()].sort()).toEqual(
      networks.flatMap((name) => [name, `${name}/adam-mean`, `${name}/adam-variance`]).sort(),
    );
  });

  test('checkpoints of pre-training come before those of Algorithm 1', async () => {
    const names = (await readdir(join(runFolder, 'checkpoints'))).sort();
    expect(names).toEqual([
      '000000000.safetensors',
      '000000003.safetensors',
      '000000006.safetensors',
      '000000007.safetensors',
      'pre000000003.safetensors',
      'pre000000006.safetensors',
    ]);
    await expect(readCheckpoint(checkpointPath(runFolder, -6))).resolves.toMatchObject({ step: -6 });
  });

  test('weights of another shape are refused by name', async () => {
    const gan = createSimGan({ ...config, refinerFeatures: 5 });
    const checkpoint = await readCheckpoint(checkpointPath(runFolder, 7));
    expect(() => restoreWeights(gan.refiner.weights, checkpoint)).toThrow(
      'The checkpoint has no weight "refiner/enter/filter" of shape [3, 3, 1, 5].',
    );
    gan.dispose();
  });

  test('a missing file of the history is noticed', async () => {
    const damaged = newRunFolder();
    await cp(runFolder, damaged, { recursive: true });
    await rm(join(damaged, 'history', '000000003.safetensors'));
    const { ended } = await trainOnNoise(config, {
      runFolder: damaged,
      resume: await readCheckpoint(checkpointPath(damaged, 7)),
    });
    await expect(ended).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(`cannot be put together from ${join(damaged, 'history')}`) as string,
    });
  });

  const rewritten = async (change: (metadata: Record<string, string>) => void): Promise<string> => {
    const { tensors, metadata } = await readSafeTensors(checkpointPath(runFolder, 7));
    const changed = { ...metadata };
    change(changed);
    const path = join(newRunFolder(), 'changed.safetensors');
    await writeSafeTensors(path, { tensors, metadata: changed });
    return path;
  };

  test.each<[string, (metadata: Record<string, string>) => void, string, RegExp]>([
    [
      'of another format',
      (metadata) => (metadata.format = 'simgan-checkpoint-2'),
      'too-new',
      /is not a checkpoint that this version reads \(simgan-checkpoint-2\)/,
    ],
    [
      'whose settings are out of range',
      (metadata) => (metadata.config = metadata.config.replace('"kg":2', '"kg":0')),
      'bad-input',
      /Too small: expected number to be >=1\s+→ at kg/,
    ],
    [
      'without a state',
      (metadata) => (metadata.state = '{'),
      'bad-input',
      /has a header that does not fit: .*JSON/,
    ],
  ])('a checkpoint %s is refused in words', async (_, change, code, words) => {
    const path = await rewritten(change);
    const attempt = readCheckpoint(path);
    await expect(attempt).rejects.toMatchObject({ code });
    await expect(attempt).rejects.toThrow(path);
    await expect(attempt).rejects.toThrow(words);
  });

  test('a file that is no checkpoint, or none at all, is refused in words', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'not a checkpoint');
    await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(readCheckpoint(join(folder, 'absent'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
