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

const PAUSE: readonly TrainingCommand[] = [{ kind: 'pause' }, { kind: 'resume' }];

describe('a step that is given up for a command', () => {
  let twin: TrainingRecord;
  /** How often the twin was asked whether it is called: before each update and each convolution. */
  let moments = 0;
  /** After how many of them each step was done. */
  const ends: number[] = [];
  beforeAll(async () => {
    ({ record: twin } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      isCalled({ steps }) {
        if (steps.length > ends.length) ends.push(moments);
        moments++;
        return false;
      },
    }));
  });

  test('may be left before any convolution of any update', () => {
    // The last step is 3 updates of R and 2 of D. Each of them has 4 convolutions, and each of these a gradient of its
    // filter where it learns, and of its input unless that is an image.
    const ofR = 4 + 4 + 4 + (4 + 3);
    const ofD = 4 + 4 + (4 + 3);
    expect(moments - (ends.at(-1) ?? 0)).toBe(3 * ofR + 2 * ofD);
  });

  test('is taken again as if it had never been, wherever it was left', async () => {
    // 13 divides neither the moments of an update nor those of a step, so that every place of an update has its turn.
    const some = Array.from({ length: moments / 13 }, (_, index) => 13 * index + 3);
    for (const moment of some) {
      const { record, ended } = await trainOnNoise(config, {
        runFolder: newRunFolder(),
        ...callAt([moment], PAUSE),
      });
      await expect(ended).resolves.toMatchObject({ outcome: 'done' });
      expect(record.paused).toEqual([true, false]);
      expect(told(record), `left at moment ${moment}`).toEqual(told(twin));
    }
  });

  test('more than once, and one after the other', async () => {
    const { record } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      ...callAt([1, 2, 5, 59, 140, 300, 301], PAUSE),
    });
    expect(record.paused).toHaveLength(14);
    expect(told(record)).toEqual(told(twin));
  });

  test('leaves a checkpoint of the border before it, from which a run goes on as its twin', async () => {
    const runFolder = newRunFolder();
    const inTheSixth = Math.floor((ends[4] + ends[5]) / 2);
    const stopped = await trainOnNoise(config, { runFolder, ...callAt([inTheSixth], [{ kind: 'stop' }]) });
    await expect(stopped.ended).resolves.toEqual({ outcome: 'stopped', step: 1 });
    const path = stopped.record.checkpoints.at(-1)?.saved.path ?? '';
    const { record } = await trainOnNoise(config, { runFolder, resume: await readCheckpoint(path) });
    expect(record.steps).toEqual([2, 3, 4, 5]);
    expect(record.checkpoints.at(-1)?.saved.sha256).toBe(twin.checkpoints.at(-1)?.saved.sha256);
  });

  test('is taken again with the settings that it was given up for', async () => {
    const change = { kind: 'change', settings: { kg: 1, lambda: 5 } } as const;
    const atBorder = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      command: ({ steps, changes }) => (steps.at(-1) === 3 && changes.length === 0 ? change : undefined),
    });
    const inTheFourth = (ends.at(-2) ?? 0) + 20;
    const midway = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      ...callAt([inTheFourth], [change]),
    });
    expect(midway.record.changes.map(({ step }) => step)).toEqual([3]);
    expect(midway.record.checkpoints.at(-1)?.saved.sha256).toBe(
      atBorder.record.checkpoints.at(-1)?.saved.sha256,
    );
  });

  test('leaks nothing', async () => {
    const before = tf.memory().numTensors;
    await trainOnNoise(config, {
      runFolder: newRunFolder(),
      ...callAt([0, 7, 33, 61, 120, 199, 250, 333], PAUSE),
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
