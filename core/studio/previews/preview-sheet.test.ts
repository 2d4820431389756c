import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../../engine/engine.ts';
import type { Run } from '../../library/runs.ts';
import { quietHooks, studioWithEyes, type TestStudio } from '../../../test/support/studio.ts';
import { openRunPacks } from '../runs/runs.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import { rowsAcrossRuns, rowsOfStep, rowsOverTime, sheetOfRows } from './preview-sheet.ts';
import { picturesOf } from './previews.ts';
import { startTraining } from '../training/training-run.ts';

/** The pack has fewer images than the strip would like. */
const IMAGES = 9;
const config = { previewSamples: 12, previewEvery: 2, steps: 7 };

let engine: Engine;
let studio: TestStudio;
let run: Run;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
  studio = await studioWithEyes(IMAGES);
  run = await startTraining(studio.library, engine, studio.request(config), quietHooks());
});
afterAll(() => {
  studio[Symbol.dispose]();
  engine.dispose();
});

describe('a sheet of previews', () => {
  test('shows all strips of a step, with every picture in its column', async () => {
    const { step, rows } = await rowsOfStep(studio.library, run, undefined);
    expect(step).toBe(7);
    expect(rows.map(({ label }) => label.split(' ')[0])).toEqual([
      'synthetic',
      'refined',
      'difference',
      'what',
      'most',
    ]);
    for (const { images } of rows) {
      expect(images).toHaveLength(IMAGES);
      for (const { widthPx, heightPx } of images) expect([widthPx, heightPx]).toEqual([55, 35]);
    }
    const { width, height } = decode(sheetOfRows(rows, 2));
    expect([width, height]).toEqual([IMAGES * (110 + 2) + 2, 5 * (70 + 2) + 2]);
  });

  test('shows the synthetic images that were packed, and real ones that are in their pack', async () => {
    const { rows } = await rowsOfStep(studio.library, run, 4);
    const packs = await openRunPacks(studio.library, run);
    const pictures = async (pack: typeof packs.realPack) => {
      const { images } = await readBatch(pack, evenPlaces(pack.count, pack.count));
      return picturesOf(images, { widthPx: 55, heightPx: 35, channels: 1 }).map(({ pixels }) =>
        pixels.join(),
      );
    };
    const shown = (row: number) => rows[row].images.map(({ pixels }) => pixels.join());
    expect(shown(0).sort()).toEqual((await pictures(packs.syntheticPack)).sort());
    const real = await pictures(packs.realPack);
    for (const picture of shown(4)) expect(real).toContain(picture);
    await packs.close();
  });

  test('over time goes from the synthetic strip down to the real one, as far apart as asked for', async () => {
    const labels = async (every: number) =>
      (await rowsOverTime(studio.library, run, every)).map(({ label }) => label);
    const refined = (steps: number[]) => steps.map((step) => `refined after step ${step}`);
    expect(await labels(1)).toEqual([
      'synthetic',
      ...refined([-4, 2, 4, 6, 7]),
      'most similar real image of step 7',
    ]);
    expect((await labels(6)).slice(1, -1)).toEqual(refined([-4, 2]));
  });

  test('across runs shows the newest refined strip of each between the same first and last rows', async () => {
    const hooks = quietHooks();
    const other = await startTraining(studio.library, engine, studio.request({ ...config, steps: 3 }), hooks);
    const rows = await rowsAcrossRuns(studio.library, [run, other]);
    expect(rows.map(({ label }) => label)).toEqual([
      'synthetic',
      'refined by run 1',
      'refined by run 2',
      'most similar real image to run 1',
    ]);
    const alone = (await rowsOfStep(studio.library, other, undefined)).rows[1];
    expect(rows[2].images).toEqual(alone.images);
  });

  test('of a step or a run without any is refused in words', async () => {
    await expect(rowsOfStep(studio.library, run, 3)).rejects.toMatchObject({
      code: 'not-found',
      remedy: 'It has previews of the steps -4, 2, 4, 6, 7.',
    });
    const { syntheticPackId, realPackId } = run;
    const empty = studio.library.runs.add({ config: run.config, syntheticPackId, realPackId, totalSteps: 1 });
    await expect(rowsOverTime(studio.library, empty, 1)).rejects.toThrow('has no previews yet');
  });
});
