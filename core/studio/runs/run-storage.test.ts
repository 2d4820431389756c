import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { presetNamed } from '../../../test/reference/cases.ts';
import { quietHooks, studioWithEyes, type TestStudio } from '../../../test/support/studio.ts';
import { openEngine, type Engine } from '../../engine/engine.ts';
import { historySteps } from '../../simgan/history-segments.ts';
import { readHistoryImages, viewHistory } from '../previews/history-view.ts';
import { cleanUpRun, measureDiskUse } from './run-storage.ts';
import { mustGetRun } from './runs.ts';
import { branchTraining, startTraining } from '../training/training-run.ts';

/** Its buffer is renewed several times between two checkpoints: those of the steps 0, 4, 8, … 20. */
const config = {
  ...presetNamed('test'),
  ...{ widthPx: 20, heightPx: 16, steps: 20, historyCapacity: 8, previewEvery: 20 },
};

let engine: Engine;
let studio: TestStudio;
let runId: number;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
  studio = await studioWithEyes(12);
  runId = (await startTraining(studio.library, engine, studio.request(config), quietHooks())).id;
});
afterAll(() => {
  studio[Symbol.dispose]();
  engine.dispose();
});

describe('cleaning up a run', () => {
  const theRun = () => mustGetRun(studio.library, runId);
  async function bufferAt(step: number) {
    const view = viewHistory(studio.library, theRun(), step);
    const { pictures, unreadable } = await readHistoryImages(studio.library, view, view.images);
    return { images: view.images, pictures, unreadable };
  }

  test('takes the pixels of the buffer with the checkpoints that nobody keeps', async () => {
    const { library } = studio;
    library.checkpoints.setPinned(runId, 8, true);
    const before = await measureDiskUse(library, theRun());
    const [pinned, newest] = [await bufferAt(8), await bufferAt(20)];
    expect(pinned.pictures.size).toBe(8);

    const { removed, bytes } = await cleanUpRun(library, theRun());
    const after = await measureDiskUse(library, theRun());
    expect(removed).toBe(4);
    expect(bytes).toBe(before.checkpoints + before.history - after.checkpoints - after.history);
    expect(after.history).toBeLessThan(before.history / 2);
    expect(await historySteps(library.runFolder(runId))).toEqual([8, 20]);
    expect(await bufferAt(8)).toEqual(pinned);
    expect(await bufferAt(20)).toEqual(newest);
  });

  test('a step between says which of its pictures are left', async () => {
    const { images, pictures, unreadable } = await bufferAt(14);
    expect(images.filter(({ onDisk }) => onDisk)).toHaveLength(pictures.size);
    expect(unreadable).toEqual([]);
    expect(images.length).toBeGreaterThan(pictures.size);
  });

  test('a branch from a checkpoint that stayed is its parent', async () => {
    const options = { steps: undefined, settings: {}, name: 'again' };
    const branch = await branchTraining(studio.library, engine, theRun(), 8, options, quietHooks());
    expect(studio.library.checkpoints.get(branch.id, 20)?.sha256).toBe(
      studio.library.checkpoints.get(runId, 20)?.sha256,
    );
  });
});
