import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { TrainingCommand } from '../contract/training-command.ts';
import { noiseBatch } from '../../test/reference/batches.ts';
import { noiseImages, presetNamed, referenceCases } from '../../test/reference/cases.ts';
import { useRunFolders } from '../../test/reference/run-folders.ts';
import { lastCheckpoint, trainOnNoise, type TrainingRecord } from '../../test/reference/training.ts';
import { checkpointPath, readCheckpoint } from './checkpoint.ts';
import type { Inspection, Inspector } from './training-job.ts';

const newRunFolder = useRunFolders();

describe('commands are honoured at the next step border', () => {
  const config = {
    ...referenceCases[0].config,
    refinerPretrainSteps: 0,
    discriminatorPretrainSteps: 0,
    steps: 6,
  };

  /** Gives each command once, when its number of steps is done. */
  const script = (...lines: [afterSteps: number, kind: Exclude<TrainingCommand['kind'], 'change'>][]) => {
    const left = [...lines];
    return (record: TrainingRecord): TrainingCommand | undefined => {
      if (left.length === 0 || record.steps.length < left[0][0]) return undefined;
      const [[, kind]] = left.splice(0, 1);
      return { kind };
    };
  };

  test('stop saves and ends', async () => {
    const { record, ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      command: script([2, 'stop']),
    });
    await expect(ended).resolves.toEqual({ outcome: 'stopped', step: 2 });
    expect(record.steps).toEqual([1, 2]);
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2]);
    expect((await lastCheckpoint(record)).state.position).toBe(2);
  });

  test('stop after the last step changes nothing', async () => {
    const { record, ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      command: script([6, 'stop']),
    });
    await expect(ended).resolves.toEqual({ outcome: 'done', step: 6 });
    expect(record.checkpoints.map(({ step }) => step)).toEqual([6]);
  });

  test('pause waits, resume goes on; what comes in between is obeyed', async () => {
    const { record, ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      command: script([1, 'pause'], [1, 'pause'], [1, 'preview'], [1, 'resume'], [3, 'pause'], [3, 'stop']),
    });
    await expect(ended).resolves.toEqual({ outcome: 'stopped', step: 3 });
    expect(record.paused).toEqual([true, false, true]);
    expect(record.steps).toEqual([1, 2, 3]);
    expect(record.previews.map(({ step }) => step)).toEqual([0, 1]);
  });

  test('a paused training does nothing until it is told to go on', async () => {
    let asked = 0;
    const { record } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      command(sofar) {
        asked++;
        expect(sofar.steps.length).toBe(asked < 5 ? 1 : sofar.steps.length);
        if (asked === 1) return { kind: 'pause' };
        if (asked === 5) return { kind: 'resume' };
        return undefined;
      },
    });
    expect(record.steps).toHaveLength(6);
  });

  test('checkpoint saves between the regular ones, and never the same step twice', async () => {
    const { record } = await trainOnNoise(
      { ...config, checkpointEvery: 2 },
      { runFolder: newRunFolder(), command: script([3, 'checkpoint'], [3, 'checkpoint'], [4, 'checkpoint']) },
    );
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2, 3, 4, 6]);
  });

  test('cancel ends at once and saves nothing', async () => {
    const { record, ended } = await trainOnNoise(
      { ...config, checkpointEvery: 2 },
      { runFolder: newRunFolder(), command: script([3, 'cancel']) },
    );
    await expect(ended).resolves.toEqual({ outcome: 'cancelled', step: 2 });
    expect(record.steps).toEqual([1, 2, 3]);
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2]);
  });

  test('a run that released the device in between ends with the very bits of one that did not', async () => {
    const through = await trainOnNoise(config, { runFolder: newRunFolder() });
    const before = tf.memory().numTensors;
    const released = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      command: script([2, 'release'], [2, 'resume']),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(released.record.paused).toEqual([true, false]);
    expect(released.record.metrics).toEqual(through.record.metrics);
    expect(released.record.checkpoints.at(-1)?.saved.sha256).toBe(
      through.record.checkpoints.at(-1)?.saved.sha256,
    );
  });

  test('a run told to stop while the device is released keeps what it had', async () => {
    const { record, ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      command: script([2, 'release'], [2, 'stop']),
    });
    await expect(ended).resolves.toEqual({ outcome: 'stopped', step: 2 });
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2]);
  });

  test('changed settings count from the next step on, also for a run resumed from there', async () => {
    const runFolder = newRunFolder();
    let told = false;
    const changed = await trainOnNoise(config, {
      runFolder,
      command({ steps }) {
        if (told || steps.length < 2) return undefined;
        told = true;
        return { kind: 'change', settings: { lambda: 3, kg: 1 } };
      },
    });
    expect(changed.record.changes).toEqual([{ step: 2, config: { ...config, lambda: 3, kg: 1 } }]);
    const resume = await readCheckpoint(checkpointPath(runFolder, 2));
    expect(resume.config).toMatchObject({ lambda: 3, kg: 1 });
    const resumed = await trainOnNoise(resume.config, { runFolder, resume });
    expect(resumed.record.metrics).toEqual(changed.record.metrics.slice(2));
    expect(resumed.record.checkpoints.at(-1)?.saved.sha256).toBe(
      changed.record.checkpoints.at(-1)?.saved.sha256,
    );
    const unchanged = await trainOnNoise(config, { runFolder: newRunFolder() });
    expect(unchanged.record.metrics.slice(0, 2)).toEqual(changed.record.metrics.slice(0, 2));
    expect(unchanged.record.metrics[2]).not.toEqual(changed.record.metrics[2]);
  });

  test('preview refines the fixed strip with the weights of the moment', async () => {
    const { record } = await trainOnNoise(
      { ...config, previewEvery: 3, previewSamples: 2 },
      { runFolder: newRunFolder(), command: script([2, 'preview']) },
    );
    expect(record.previews.map(({ step }) => step)).toEqual([0, 2, 3, 6]);
    const [first, second] = record.previews;
    expect(first.refined).toHaveLength(2 * config.widthPx * config.heightPx);
    expect(second.refined).not.toEqual(first.refined);
  });
});

describe('guards and evaluations', () => {
  const config = {
    ...referenceCases[0].config,
    ...{ refinerPretrainSteps: 0, discriminatorPretrainSteps: 0, steps: 12 },
    ...{ evaluationEvery: 2, guardDiversity: 0.3, driftBudget: 5 },
  };
  const inspectorOf = (...inspections: Inspection[]): Inspector => ({
    synthetic: noiseImages(config, 3, 'kept aside'),
    inspect(refined) {
      expect(refined).toHaveLength(3 * config.widthPx * config.heightPx);
      const next = inspections.shift();
      return Promise.resolve(next ?? { metrics: {}, score: undefined });
    },
  });
  const diversity = (share: number): Inspection => ({
    metrics: { 'realism.diversity': share },
    score: undefined,
  });

  test('one bad evaluation ends nothing, however many steps follow it', async () => {
    const { record, ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      inspector: inspectorOf(diversity(0.1), diversity(0.9), diversity(0.1)),
    });
    await expect(ended).resolves.toEqual({ outcome: 'done', step: 12 });
    expect(record.guards).toEqual([]);
  });

  test('a second one in a row ends the run with a checkpoint and words', async () => {
    const { record, ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      inspector: inspectorOf(diversity(0.9), diversity(0.1), diversity(0.1)),
    });
    await expect(ended).resolves.toMatchObject({
      outcome: 'stopped',
      step: 6,
      guard: { guard: 'diversity-collapse', action: 'stop' },
    });
    expect(record.guards).toHaveLength(1);
    expect(record.checkpoints.at(-1)?.step).toBe(6);
  });

  test.each(['labels.driftP95', 'labels.displacementLost'])(
    'labels that do not hold by %s take the run back to the last checkpoint where they did',
    async (metric) => {
      const runFolder = newRunFolder();
      const reading = (value: number, score: number): Inspection => ({
        metrics: { 'labels.driftP95': 1, [metric]: value },
        score,
      });
      const { record, ended } = await trainOnNoise(config, {
        runFolder,
        inspector: inspectorOf(reading(0.1, 1), reading(0.2, 2), reading(6, 3), reading(7, 4)),
      });
      const guard = { action: 'rewind' };
      await expect(ended).resolves.toMatchObject({ outcome: 'stopped', step: 4, guard });
      expect(record.checkpoints.map(({ step }) => step)).toEqual([2, 4, 6]);
      expect(await readdir(join(runFolder, 'checkpoints'))).toEqual([
        '000000002.safetensors',
        '000000004.safetensors',
      ]);
    },
  );

  test('there is no way back where that checkpoint was cleaned up: the run ends where it is', async () => {
    const runFolder = newRunFolder();
    const readings = [1, 2, 6, 7].map((p95): Inspection => ({
      metrics: { 'labels.driftP95': p95 },
      score: p95,
    }));
    const inspector = inspectorOf(...readings);
    const { record, ended } = await trainOnNoise(config, {
      runFolder,
      inspector: {
        ...inspector,
        async inspect(refined) {
          // The third evaluation finds only what a user left.
          await rm(checkpointPath(runFolder, 4), { force: true });
          return inspector.inspect(refined);
        },
      },
    });
    await expect(ended).resolves.toMatchObject({ outcome: 'stopped', step: 8, guard: { action: 'stop' } });
    expect(record.guards).toMatchObject([{ guard: 'label-drift', action: 'stop' }]);
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2, 4, 6, 8]);
  });

  test('training ends when evaluations have not been better for long enough', async () => {
    const scored = (score: number): Inspection => ({ metrics: {}, score });
    const { record, ended } = await trainOnNoise(
      { ...config, stopAfterWorse: 2 },
      { runFolder: newRunFolder(), inspector: inspectorOf(...[0.5, 0.7, 0.6, 0.7].map(scored)) },
    );
    await expect(ended).resolves.toEqual({ outcome: 'done', step: 8 });
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2, 4, 8]);
    expect((await lastCheckpoint(record)).state.ranking.best).toEqual({ step: 4, score: 0.7 });
  });

  test('what pre-training does on purpose is no alarm', async () => {
    const { record } = await trainOnNoise(
      { ...config, refinerPretrainSteps: 12, steps: 1, guardPatience: 3, guardLeastChange: 255 },
      { runFolder: newRunFolder() },
    );
    expect(record.guards).toEqual([]);
  });
});

test('what is told follows the schedule: steps, metrics and checkpoints at their own cadence', async () => {
  const config = {
    ...referenceCases[0].config,
    steps: 9,
    metricsEvery: 2,
    checkpointEvery: 4,
    previewEvery: 3,
  };
  const before = tf.memory().numTensors;
  const { record } = await trainOnNoise(config, { runFolder: newRunFolder() });
  expect(tf.memory().numTensors).toBe(before);
  expect(record.steps).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(record.metrics.map(({ step }) => step)).toEqual([-2, 0, 2, 4, 6, 8, 9]);
  expect(record.checkpoints.map(({ step }) => step)).toEqual([0, 4, 8, 9]);
  expect(record.previews.map(({ step }) => step)).toEqual([-4, 3, 6, 9]);
  // Two discriminator updates in pre-training and two per step, each of which puts half a batch in.
  expect(record.history).toHaveLength((2 + 9 * 2) * 2);
  expect(record.history.slice(0, 7).map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  // Two batches go to the refiner, then two to the discriminator; of each of these the first half is kept.
  const ofDiscriminator = Array.from({ length: 10 }, (_, round) => [4 * round + 2, 4 * round + 3]).flat();
  expect(record.history.map(({ source }) => source)).toEqual(
    ofDiscriminator.flatMap((batch) => [4 * batch, 4 * batch + 1]),
  );
});

describe('a training that breaks down', () => {
  const config = {
    ...presetNamed('test'),
    ...{ widthPx: 13, heightPx: 9, steps: 8, checkpointEvery: 2 },
    ...{ refinerPretrainSteps: 0, discriminatorPretrainSteps: 0 },
  };
  /** Real images that overflow from the third batch on. */
  const overflowing = () => {
    let taken = 0;
    return {
      next: () => {
        const batch = noiseBatch(config, 'real', taken++);
        if (taken > 2) batch.images.fill(3e38);
        return Promise.resolve(batch);
      },
      state: () => ({ taken }),
    };
  };

  test('says at which step and by which measure, and keeps the last good checkpoint', async () => {
    const runFolder = newRunFolder();
    const { record, ended } = await trainOnNoise(config, { runFolder, real: overflowing() });
    await expect(ended).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringMatching(
        /^Training broke down at step 3: discriminator\.\w+ is (NaN|-?Infinity)\.$/,
      ) as string,
      remedy: expect.stringContaining('Lower the learning rates') as string,
    });
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2]);
    await expect(lastCheckpoint(record)).resolves.toMatchObject({ step: 2 });
  });

  test('is not saved when it was not measured yet', async () => {
    const { record, ended } = await trainOnNoise(
      { ...config, metricsEvery: 100, checkpointEvery: 100 },
      {
        runFolder: newRunFolder(),
        real: overflowing(),
        command: ({ steps }) => (steps.length === 3 ? { kind: 'stop' } : undefined),
      },
    );
    await expect(ended).rejects.toThrow(
      /^Training broke down by step 3: the weight "\S+" is no longer a number\.$/,
    );
    expect(record.checkpoints).toEqual([]);
  });
});
