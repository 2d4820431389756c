import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createNoiseSource } from '../../test/reference/batches.ts';
import { presetNamed } from '../../test/reference/cases.ts';
import { useRunFolders } from '../../test/reference/run-folders.ts';
import { lastCheckpoint, trainOnNoise } from '../../test/reference/training.ts';

const newRunFolder = useRunFolders();

describe('a device that is lost while training', () => {
  const config = {
    ...presetNamed('test'),
    ...{ widthPx: 13, heightPx: 9, steps: 8, metricsEvery: 1, checkpointEvery: 2 },
    ...{ refinerPretrainSteps: 0, discriminatorPretrainSteps: 0 },
  };
  const message = 'The device failed in step 4: the driver was reset.';

  test('ends it in the step under way, of which nothing is kept, and it goes on from the last checkpoint', async () => {
    const runFolder = newRunFolder();
    let lose: (reason: string) => void = () => undefined;
    const lost = new Promise<string>((resolve) => (lose = resolve));
    const { record, ended } = await trainOnNoise(config, {
      runFolder,
      lost,
      command: ({ steps }) => {
        if (steps.length === 3) lose('the driver was reset');
        return undefined;
      },
    });
    await expect(ended).rejects.toMatchObject({
      code: 'engine',
      message,
      remedy: expect.stringContaining('"simgan train --resume last"') as string,
    });
    expect(record.steps).toEqual([1, 2, 3]);
    expect(record.metrics.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(record.checkpoints.map(({ step }) => step)).toEqual([2]);
    expect(await readdir(join(runFolder, 'checkpoints'))).toHaveLength(1);

    const resumed = await trainOnNoise(config, { runFolder, resume: await lastCheckpoint(record) });
    const whole = await trainOnNoise(config, { runFolder: newRunFolder() });
    expect(resumed.record.metrics).toEqual(whole.record.metrics.slice(2));
  });

  test('is what the user reads of, not of the error that it caused', async () => {
    let lose: (reason: string) => void = () => undefined;
    const lost = new Promise<string>((resolve) => (lose = resolve));
    const good = createNoiseSource(config, 'real');
    let taken = 0;
    const { ended } = await trainOnNoise(config, {
      runFolder: newRunFolder(),
      lost,
      real: {
        ...good,
        next: () => {
          if (taken++ < 3) return good.next();
          // The error first, the news of the device a moment later.
          setTimeout(() => lose('the driver was reset.'), 20);
          return Promise.reject(new Error('mapAsync failed'));
        },
      },
    });
    await expect(ended).rejects.toMatchObject({ code: 'engine', message });
  });
});
