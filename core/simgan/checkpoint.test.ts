import { cp, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSafeTensors, writeSafeTensors } from '../base/safetensors.ts';
import type { TrainingCommand } from '../contract/training-command.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { noiseImages, presetNamed } from '../../test/reference/cases.ts';
import { useRunFolders } from '../../test/reference/run-folders.ts';
import { watchFlushes } from '../../test/support/flushes.ts';
import { trainOnNoise, type TrainingRecord } from '../../test/reference/training.ts';
import { createSimGan } from './algorithm-1.ts';
import { checkpointPath, copyCheckpoint, readCheckpoint, restoreRun, restoreWeights } from './checkpoint.ts';
import { historyPath, historySteps, readHistorySegment } from './history-segments.ts';
import type { Inspector } from './training-job.ts';

const newRunFolder = useRunFolders();

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

test('a run of a version that kept plain 16-bit pixels goes on as that version would have', async () => {
  const { record: twin } = await trainOnNoise(config, { runFolder: newRunFolder(), historyBits: 16 });
  const runFolder = newRunFolder();
  const { record } = await trainOnNoise({ ...config, steps: 3 }, { runFolder, historyBits: 16 });
  for (const step of await historySteps(runFolder)) {
    const { slots, sources, steps, pixels } = await readHistorySegment(runFolder, step);
    const tensors = Object.entries({ slots, sources, steps, pixels }).map(
      ([name, values]) => [name, { shape: [values.length], values }] as const,
    );
    await writeSafeTensors(historyPath(runFolder, step), {
      metadata: { format: 'simgan-history-1' },
      tensors: new Map(tensors),
    });
  }
  const path = record.checkpoints[record.checkpoints.length - 1].saved.path;
  const { tensors, metadata } = await readSafeTensors(path);
  const state: unknown = { ...Object(JSON.parse(metadata.state)), historyBits: undefined };
  await writeSafeTensors(path, { tensors, metadata: { ...metadata, state: JSON.stringify(state) } });
  const resume = await readCheckpoint(path);
  expect(resume.state.historyBits).toBe(16);
  const { record: resumed } = await trainOnNoise(config, { runFolder, resume });
  expect(resumed.checkpoints.at(-1)?.saved.sha256).toBe(twin.checkpoints.at(-1)?.saved.sha256);
});

test('says what trained it; one of an earlier version does not', async () => {
  const { record } = await trainOnNoise(config, { runFolder: newRunFolder() });
  const path = record.checkpoints[0].saved.path;
  expect((await readCheckpoint(path)).origin).toEqual({ program: 'test', synthetic: 'noise', real: 'noise' });
  const { tensors, metadata } = await readSafeTensors(path);
  const { origin, ...earlier } = metadata;
  expect(origin).toBeDefined();
  await writeSafeTensors(path, { tensors, metadata: earlier });
  expect((await readCheckpoint(path)).origin).toBeUndefined();
});

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

describe('a run that is steered on its way', () => {
  type Script = readonly (readonly [position: number, command: TrainingCommand])[];

  /** Gives each command once, when so many pieces of work are done; nothing that is over already. */
  const steer = (script: Script, from = 0) => {
    const left = script.filter(([position]) => position > from);
    return ({ steps }: TrainingRecord): TrainingCommand | undefined =>
      left[0]?.[0] === from + steps.length ? left.shift()?.[1] : undefined;
  };

  // Position 10 is step 2, between the checkpoints of the steps 0 and 3; 11 is the checkpoint of step 3 itself.
  const at = (position: number, ...kinds: ('pause' | 'release' | 'resume')[]): Script =>
    kinds.map((kind) => [position, { kind }]);
  test.each<[string, Script]>([
    ['paused', [...at(10, 'pause', 'resume'), ...at(12, 'pause', 'resume')]],
    ['released', [...at(10, 'release', 'resume'), ...at(11, 'release', 'resume')]],
  ])('%s ends as one that was left alone', async (_, script) => {
    const alone = await trainOnNoise(config, { runFolder: newRunFolder() });
    const { record } = await trainOnNoise(config, { runFolder: newRunFolder(), command: steer(script) });
    expect(record.paused).toEqual([true, false, true, false]);
    expect(told(record, 0)).toEqual(told(alone.record, 0));
  });

  // With the settings changed at step 2 and again at the checkpoint of step 3.
  const script: Script = [
    [10, { kind: 'change', settings: { lambda: 5, kg: 1 } }],
    [11, { kind: 'change', settings: { refinerLearningRate: 0.01, kd: 2 } }],
  ];
  test.each([
    ['before a change, which comes again', 0, 8],
    ['at a change', 2, 10],
    ['at a change that fell on a checkpoint', 3, 11],
    ['after all changes', 6, 14],
  ])('resumed %s, is the run that it was', async (_, step, position) => {
    const through = newRunFolder();
    const { record: whole } = await trainOnNoise(config, { runFolder: through, command: steer(script) });
    expect(whole.changes.map((change) => change.step)).toEqual([2, 3]);
    const runFolder = newRunFolder();
    await cp(through, runFolder, { recursive: true });
    const resume = await readCheckpoint(checkpointPath(runFolder, step));
    const { record } = await trainOnNoise(resume.config, {
      runFolder,
      resume,
      command: steer(script, position),
    });
    expect(told(record, 0)).toEqual(told(whole, position));
    expect(await historyOf(config, runFolder, 7)).toEqual(await historyOf(config, through, 7));
  });
});

describe('guards of a resumed run', () => {
  const guarded = { ...config, evaluationEvery: 2, checkpointEvery: 3, guardDiversity: 0.3, steps: 12 };
  const inspectorOf = (shares: readonly number[]): Inspector => {
    const left = [...shares];
    return {
      synthetic: noiseImages(guarded, 2, 'kept aside'),
      inspect: () =>
        Promise.resolve({ metrics: { 'realism.diversity': left.shift() ?? 1 }, score: undefined }),
    };
  };

  test('end it where they would have ended it: two bad evaluations with a kill between them', async () => {
    const through = await trainOnNoise(guarded, {
      runFolder: newRunFolder(),
      inspector: inspectorOf([1, 0.1, 0.1]),
    });
    await expect(through.ended).resolves.toMatchObject({ outcome: 'stopped', step: 6 });
    // Stopped after the first of the two, at step 5.
    const runFolder = newRunFolder();
    await trainOnNoise(guarded, {
      runFolder,
      inspector: inspectorOf([1, 0.1]),
      command: ({ steps }) => (steps.at(-1) === 5 ? { kind: 'stop' } : undefined),
    });
    const resume = await readCheckpoint(checkpointPath(runFolder, 5));
    const resumed = await trainOnNoise(guarded, { runFolder, resume, inspector: inspectorOf([0.1]) });
    await expect(resumed.ended).resolves.toMatchObject({ outcome: 'stopped', step: 6 });
    expect(resumed.record.checkpoints.at(-1)?.saved.sha256).toBe(
      through.record.checkpoints.at(-1)?.saved.sha256,
    );
  });

  test('a run that its evaluations ended is over, also when it was killed before it could say so', async () => {
    const run = { ...guarded, guardDiversity: 0, stopAfterWorse: 1, checkpointEvery: 2 };
    const scored = (...scores: number[]): Inspector => ({
      synthetic: noiseImages(run, 2, 'kept aside'),
      inspect: () => Promise.resolve({ metrics: {}, score: scores.shift() }),
    });
    const runFolder = newRunFolder();
    const { ended } = await trainOnNoise(run, { runFolder, inspector: scored(0.5, 0.4) });
    await expect(ended).resolves.toEqual({ outcome: 'done', step: 4 });
    const resume = await readCheckpoint(checkpointPath(runFolder, 4));
    const resumed = await trainOnNoise(run, { runFolder, resume, inspector: scored(1) });
    await expect(resumed.ended).resolves.toEqual({ outcome: 'done', step: 4 });
    expect(resumed.record.steps).toEqual([]);
  });
});

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
      /is not valid: kg must be at least 1\./,
    ],
    [
      'of a newer configuration',
      (metadata) => (metadata.config = metadata.config.replace(/"configVersion":\d+/, '"configVersion":70')),
      'too-new',
      /was made by a newer version of SimGAN Studio \(config version 70, this program reads up to \d+\)/,
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
    const folder = newRunFolder();
    await mkdir(folder);
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'not a checkpoint');
    await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(readCheckpoint(join(folder, 'absent'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('a checkpoint copied for a branch is flushed and never written in place', async () => {
  const [runFolder, branchFolder] = [newRunFolder(), newRunFolder()];
  await trainOnNoise({ ...config, steps: 3 }, { runFolder });
  const [from, to] = [checkpointPath(runFolder, 3), checkpointPath(branchFolder, 3)];
  const old = join(branchFolder, 'old');
  await mkdir(join(branchFolder, 'checkpoints'), { recursive: true });
  await writeFile(old, 'torn');
  await link(old, to);
  using flushes = await watchFlushes(branchFolder);
  await copyCheckpoint(runFolder, branchFolder, 3);
  const segments = await historySteps(branchFolder);
  expect(await historySteps(runFolder)).toEqual(segments);
  // Every file; the folders of history and of checkpoints, and the one in which the former was made.
  expect(flushes.orders).toHaveLength(segments.length + 1 + 3);
  expect(await readFile(to)).toEqual(await readFile(from));
  // Written in place, the other name of the file would show it.
  expect(await readFile(old, 'utf8')).toBe('torn');
});
