import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeImage } from '../../datasets/pixels/decode.ts';
import { openEngine, type Engine } from '../../engine/engine.ts';
import { temporaryFolder } from '../../library/temporary-library.ts';
import { createSimGan } from '../../simgan/algorithm-1.ts';
import { checkpointPath, readCheckpoint, restoreRun } from '../../simgan/checkpoint.ts';
import { quietHooks, studioWithEyes, type TestStudio } from '../../../test/support/studio.ts';
import { exportHistory, readHistoryImages, viewHistory } from './history-view.ts';
import { mustGetRun } from '../runs/runs.ts';
import { branchTraining, startTraining } from '../training/training-run.ts';

/** Of 8 entries two are replaced per update, twice a step: much goes between two checkpoints. */
const config = { historyCapacity: 8, kd: 2, steps: 20, checkpointEvery: 10 };
const CHECKPOINTS = [0, 10, 20];

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
const theRun = () => mustGetRun(studio.library, runId);

/** The buffer of a checkpoint as training goes on with it: image and step by slot. */
async function bufferOf(step: number) {
  const folder = studio.library.runFolder(runId);
  const checkpoint = await readCheckpoint(checkpointPath(folder, step));
  const gan = createSimGan(checkpoint.config);
  await restoreRun(gan, checkpoint, folder);
  const count = gan.history?.size() ?? 0;
  const length = checkpoint.config.widthPx * checkpoint.config.heightPx;
  const images = new Float32Array(count * length);
  const slots = gan.history?.sample(count, gan.historyRandom, images) ?? new Int32Array();
  const steps = gan.history?.enteredSteps() ?? new Int32Array();
  gan.dispose();
  return new Map(
    [...slots].map((slot, index) => [
      slot,
      { step: steps[slot], image: images.slice(index * length, (index + 1) * length) },
    ]),
  );
}

describe('the history buffer', () => {
  test.each(CHECKPOINTS.slice(1))('after step %i is the one that training goes on with', async (step) => {
    const view = viewHistory(studio.library, theRun(), step);
    const truth = await bufferOf(step);
    expect(view.isCheckpoint).toBe(true);
    expect(view.images.map(({ slot, enteredStep }) => [slot, enteredStep])).toEqual(
      [...truth].map(([slot, one]) => [slot, one.step]).sort(([left], [right]) => left - right),
    );
    const { pictures } = await readHistoryImages(studio.library, view, view.images);
    expect(pictures.size).toBe(8);
    for (const [slot, { image }] of truth) expect(pictures.get(slot)).toEqual(image);
  });

  test('between two checkpoints shows what is on disk and says what is not', async () => {
    let gone = 0;
    for (let step = 1; step < 20; step++) {
      const view = viewHistory(studio.library, theRun(), step);
      const { pictures } = await readHistoryImages(studio.library, view, view.images);
      const next = await bufferOf(CHECKPOINTS.find((checkpoint) => checkpoint >= step) ?? 0);
      for (const { slot, enteredStep, onDisk } of view.images) {
        expect(pictures.has(slot)).toBe(onDisk);
        if (next.get(slot)?.step === enteredStep) expect(onDisk).toBe(true);
        if (!onDisk) gone += 1;
      }
    }
    expect(gone).toBeGreaterThan(20);
  });

  test('is told in figures that agree with its list', () => {
    const view = viewHistory(studio.library, theRun(), 15);
    const steps = view.images.map(({ enteredStep }) => enteredStep);
    expect(view).toMatchObject({
      capacity: 8,
      oldestStep: Math.min(...steps),
      newestStep: Math.max(...steps),
      distinctSources: new Set(view.images.map(({ source }) => source)).size,
      batch: { refined: 4, fromBuffer: 2 },
    });
    expect(view.ages.counts.reduce((sum, count) => sum + count)).toBe(8);
    for (const { source, ageSteps, enteredStep } of view.images) {
      expect(source).toMatch(/^0000\/\d+\.png$/);
      expect(ageSteps).toBe(15 - enteredStep);
    }
  });

  test('is exported with a line per slot and a picture where there is one', async () => {
    using folder = temporaryFolder();
    const target = join(folder.path, 'out');
    const view = viewHistory(studio.library, theRun(), 15);
    const result = await exportHistory(studio.library, view, target);
    const lines = (await readFile(join(target, 'history.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string | null; slot: number });
    expect(lines.map(({ slot }) => slot)).toEqual(view.images.map(({ slot }) => slot));
    const files = lines.flatMap(({ file }) => file ?? []);
    expect(result).toEqual({
      folder: target,
      pictures: files.length,
      withoutPicture: view.images.length - files.length,
      unreadable: [],
    });
    expect((await readdir(target)).sort()).toEqual([...files, 'history.jsonl'].sort());
    const { pictures } = await readHistoryImages(studio.library, view, view.images);
    for (const { file, slot } of lines) {
      if (file === null) continue;
      const { pixels } = await decodeImage(join(target, file), file);
      const grey = [...(pictures.get(slot) ?? [])].map((value) => Math.round((value + 1) * 127.5));
      expect([...pixels]).toEqual(grey);
    }
    await expect(exportHistory(studio.library, view, target)).rejects.toMatchObject({ code: 'busy' });
  });

  test('of a branch is that of its parent up to where it started, and its own from there', async () => {
    const { library } = studio;
    const options = { steps: 16, settings: {}, name: undefined };
    const branch = await branchTraining(library, engine, theRun(), 10, options, quietHooks());
    expect(viewHistory(library, branch, 5)).toEqual(viewHistory(library, theRun(), 5));
    // Nothing was changed, so it does what its parent did.
    for (const step of [10, 13, 16]) {
      const own = viewHistory(library, branch, step);
      expect(own.run).toBe(branch.name);
      expect(own.images.map(({ onDisk: _, ...image }) => image)).toEqual(
        viewHistory(library, theRun(), step).images.map(({ onDisk: _, ...image }) => image),
      );
    }
    const last = viewHistory(library, branch, 16);
    expect((await readHistoryImages(library, last, last.images)).pictures.size).toBe(8);
  });

  test('that was never there, or not at that step, is refused in words', async () => {
    const { library } = studio;
    expect(() => viewHistory(library, theRun(), 21)).toThrow(/for the steps -1 to 20, not for 21/);
    const without = await startTraining(
      library,
      engine,
      studio.request({ history: false, steps: 1 }),
      quietHooks(),
    );
    expect(() => viewHistory(library, without, undefined)).toThrow('--history off');
  });

  test('loses no more than the pictures of a file that is damaged, and names it', async () => {
    const view = viewHistory(studio.library, theRun(), 15);
    const folder = join(studio.library.runFolder(runId), 'history');
    const before = await readHistoryImages(studio.library, view, view.images);
    const lost = view.images.filter(({ slot, enteredStep }) => before.pictures.has(slot) && enteredStep > 10);
    expect(lost.length).toBeGreaterThan(0);
    await writeFile(join(folder, '000000020.safetensors'), 'no longer what it was');
    const { pictures, unreadable } = await readHistoryImages(studio.library, view, view.images);
    expect([...pictures.keys()].sort()).toEqual(
      [...before.pictures.keys()].filter((slot) => !lost.some((one) => one.slot === slot)).sort(),
    );
    expect(unreadable).toEqual([expect.stringContaining('000000020.safetensors')]);
  });
});
