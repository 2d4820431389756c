import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { TrainingCommand } from '../contract/training-command.ts';
import { noiseImages, referenceCases } from '../../test/reference/cases.ts';
import { useRunFolders } from '../../test/reference/run-folders.ts';
import { lastCheckpoint, trainOnNoise, type NoiseTraining } from '../../test/reference/training.ts';
import type { Inspector } from './training-job.ts';

const newRunFolder = useRunFolders();

const config = {
  ...referenceCases[0].config,
  ...{ refinerPretrainSteps: 0, discriminatorPretrainSteps: 0, steps: 5 },
  ...{ metricsEvery: 1, checkpointEvery: 3, evaluationEvery: 2, guardDiversity: 0.3, driftBudget: 5 },
};
/** Three times what is refined at once, with a rest. */
const KEPT_ASIDE = 3 * 16 + 5;
/** An evaluation asks before each part and before it looks. */
const MOMENTS = [1, 2, 3, 4, 5];

/** What is seen of the refined images depends on each of them. */
const inspector = (): Inspector => ({
  synthetic: noiseImages(config, KEPT_ASIDE, 'kept aside'),
  inspect(refined) {
    const sum = refined.reduce((total, value, place) => total + value * Math.sin(place), 0);
    return Promise.resolve({ metrics: { 'labels.driftP95': Math.abs(sum) % 1 }, score: sum });
  },
});

/** Calls at the given moment of the evaluation of step 2, until all commands have been taken. */
function callAt(
  moment: number,
  ...kinds: Exclude<TrainingCommand['kind'], 'change'>[]
): Pick<NoiseTraining, 'command' | 'isCalled'> {
  let asked = 0;
  let begun = false;
  return {
    isCalled(record) {
      if (record.steps.length === 2) asked += 1;
      begun ||= asked === moment;
      return begun && kinds.length > 0;
    },
    command() {
      const kind = begun ? kinds.shift() : undefined;
      return kind && { kind };
    },
  };
}

describe('an evaluation is given up for a command and made again', () => {
  const whole = (): ReturnType<typeof trainOnNoise> =>
    trainOnNoise(config, { runFolder: newRunFolder(), inspector: inspector() });

  test.for(MOMENTS)(
    'at moment %i of it: a pause, a checkpoint and a preview change nothing',
    async (moment) => {
      const through = await whole();
      const before = tf.memory().numTensors;
      const called = await trainOnNoise(config, {
        runFolder: newRunFolder(),
        inspector: inspector(),
        ...callAt(moment, 'pause', 'checkpoint', 'preview', 'resume'),
      });
      await expect(called.ended).resolves.toEqual(await through.ended);
      expect(tf.memory().numTensors).toBe(before);
      expect(called.record.paused).toEqual([true, false]);
      expect(called.record.metrics).toEqual(through.record.metrics);
      expect(called.record.checkpoints.at(-1)).toMatchObject({
        step: 5,
        saved: { sha256: through.record.checkpoints.at(-1)?.saved.sha256 },
      });
    },
  );

  test.for(MOMENTS)('at moment %i of it: who stops there goes on with it', async (moment) => {
    const through = await whole();
    const runFolder = newRunFolder();
    const stopped = await trainOnNoise(config, {
      runFolder,
      inspector: inspector(),
      ...callAt(moment, 'stop'),
    });
    await expect(stopped.ended).resolves.toEqual({ outcome: 'stopped', step: 2 });
    expect(stopped.record.metrics.map(({ step }) => step)).toEqual([1]);
    const resume = await lastCheckpoint(stopped.record);
    expect(resume.state.ranking).toEqual({ worse: 0 });
    const resumed = await trainOnNoise(config, { runFolder, resume, inspector: inspector() });
    expect(resumed.record.metrics).toEqual(through.record.metrics.slice(1));
    expect((await lastCheckpoint(resumed.record)).state).toEqual(
      (await lastCheckpoint(through.record)).state,
    );
    expect(resumed.record.checkpoints.at(-1)?.saved.sha256).toBe(
      through.record.checkpoints.at(-1)?.saved.sha256,
    );
  });

  test('cancelled in between, the run is where it was saved last', async () => {
    const { record, ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      inspector: inspector(),
      ...callAt(2, 'checkpoint', 'cancel'),
    });
    await expect(ended).resolves.toEqual({ outcome: 'cancelled', step: 2 });
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2]);
  });
});

test('the evaluation after the last step is not given up', async () => {
  const { record, ended } = await trainOnNoise(
    { ...config, steps: 2 },
    { runFolder: newRunFolder(), inspector: inspector(), ...callAt(1, 'stop') },
  );
  await expect(ended).resolves.toEqual({ outcome: 'done', step: 2 });
  expect(record.metrics.at(-1)?.values).toHaveProperty(['labels.driftP95']);
});
