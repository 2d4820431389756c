import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TrainingCommand } from '../contract/training-command.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { createNoiseSource } from '../../test/reference/batches.ts';
import { presetNamed } from '../../test/reference/cases.ts';
import { useRunFolders } from '../../test/reference/run-folders.ts';
import { trainOnNoise, type TrainingRecord } from '../../test/reference/training.ts';
import { readCheckpoint } from './checkpoint.ts';
import { rewindable } from './step-border.ts';

const newRunFolder = useRunFolders();

const config: TrainingConfig = {
  ...presetNamed('test'),
  widthPx: 13,
  heightPx: 9,
  optimizer: 'adam',
  historyCapacity: 7,
  refinerPretrainSteps: 2,
  discriminatorPretrainSteps: 2,
  steps: 5,
  kg: 3,
  kd: 2,
  metricsEvery: 1,
  checkpointEvery: 2,
};

/** Gives a step up at the moments of these numbers, counted over the run, and then what is to be obeyed in turn. */
function callAt(moments: readonly number[], commands: readonly TrainingCommand[]) {
  let moment = 0;
  let waiting: TrainingCommand[] = [];
  return {
    isCalled: () => {
      if (moments.includes(moment++)) waiting = [...commands];
      return waiting.length > 0;
    },
    command: () => waiting.shift(),
  };
}

/** All but its pauses, and where its files are. */
const told = ({ steps, metrics, history, previews, checkpoints }: TrainingRecord) => ({
  ...{ steps, metrics, history, previews },
  checkpoints: checkpoints.map(({ step, saved }) => [step, saved.sha256]),
});

/** Each step asks twice between the three updates of R, and once before the first of D. */
const EACH_MOMENT = Array.from({ length: 3 * config.steps }, (_, moment) => moment);

describe('a step that is given up for a command', () => {
  let twin: TrainingRecord;
  beforeAll(async () => {
    ({ record: twin } = await trainOnNoise(config, { runFolder: newRunFolder() }));
  });

  test.each(EACH_MOMENT)('is taken again as if it had never been: moment %i', async (moment) => {
    const { record, ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      ...callAt([moment], [{ kind: 'pause' }, { kind: 'resume' }]),
    });
    await expect(ended).resolves.toMatchObject({ outcome: 'done' });
    expect(record.paused).toEqual([true, false]);
    expect(told(record)).toEqual(told(twin));
  });

  test('more than once, and one after the other', async () => {
    const { record } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      ...callAt([1, 2, 5, 9, 14], [{ kind: 'pause' }, { kind: 'resume' }]),
    });
    expect(record.paused).toHaveLength(10);
    expect(told(record)).toEqual(told(twin));
  });

  test('leaves a checkpoint of the border before it, from which a run goes on as its twin', async () => {
    const runFolder = newRunFolder();
    // In the middle of the fourth step.
    const stopped = await trainOnNoise(config, { runFolder, ...callAt([10], [{ kind: 'stop' }]) });
    await expect(stopped.ended).resolves.toEqual({ outcome: 'stopped', step: 3 });
    const path = stopped.record.checkpoints.at(-1)?.saved.path ?? '';
    const { record } = await trainOnNoise(config, { runFolder, resume: await readCheckpoint(path) });
    expect(record.steps).toEqual([4, 5]);
    expect(record.checkpoints.at(-1)?.saved.sha256).toBe(twin.checkpoints.at(-1)?.saved.sha256);
  });

  test('is taken again with the settings that it was given up for', async () => {
    const change = { kind: 'change', settings: { kg: 1, lambda: 5 } } as const;
    const atBorder = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      command: ({ steps, changes }) => (steps.at(-1) === 3 && changes.length === 0 ? change : undefined),
    });
    const midway = await trainOnNoise(config, { runFolder: newRunFolder(), ...callAt([11], [change]) });
    expect(midway.record.changes.map(({ step }) => step)).toEqual([3]);
    expect(midway.record.checkpoints.at(-1)?.saved.sha256).toBe(
      atBorder.record.checkpoints.at(-1)?.saved.sha256,
    );
  });

  test('leaks nothing', async () => {
    const before = tf.memory().numTensors;
    await trainOnNoise(config, {
      runFolder: newRunFolder(),
      ...callAt([0, 4, 8, 12], [{ kind: 'pause' }, { kind: 'resume' }]),
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a source that was rewound hands out the same batches, and its state is that of the next one', async () => {
  const source = rewindable(createNoiseSource(config, 'synthetic', undefined));
  await source.next();
  source.mark();
  const state = source.state();
  const drawn = [await source.next(), await source.next(), await source.next()];
  source.rewind();
  expect(source.state()).toEqual(state);
  expect(await source.next()).toEqual(drawn[0]);
  // Given up again, before all that was drawn is handed out again.
  source.rewind();
  expect(source.state()).toEqual(state);
  const again = [await source.next(), await source.next()];
  expect(again).toEqual(drawn.slice(0, 2));
  const restored = createNoiseSource(config, 'synthetic', source.state());
  expect(await restored.next()).toEqual(drawn[2]);
  expect(await source.next()).toEqual(drawn[2]);
});
