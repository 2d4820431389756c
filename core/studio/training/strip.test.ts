import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { studioWithEyes, type TestStudio } from '../../../test/support/studio.ts';
import { presetNamed } from '../../../test/reference/cases.ts';
import type { Run } from '../../library/runs.ts';
import { chooseStrip, openStrip, stripOf } from './strip.ts';

const SAMPLES = 4;

let studio: TestStudio;
let imageIds: Int32Array;
beforeAll(async () => {
  studio = await studioWithEyes(12);
  imageIds = Int32Array.from(studio.library.imageSearch.ids({ role: 'synthetic' }));
});
afterAll(() => studio[Symbol.dispose]());

const addRun = (parent?: Run): Run =>
  studio.library.runs.add({
    config: { ...presetNamed('test'), previewSamples: SAMPLES },
    syntheticPackId: null,
    realPackId: null,
    totalSteps: 8,
    ...(parent ? { parent: { runId: parent.id, step: 4 } } : {}),
  });

const idsAt = (places: Int32Array): number[] => [...places].map((place) => imageIds[place]);

test('pinned images come first, in the order of the pack; the others are spread over the rest', () => {
  const { tags } = studio.library;
  const without = idsAt(chooseStrip(studio.library, imageIds, SAMPLES));
  expect(new Set(without).size).toBe(SAMPLES);
  const pinned = [imageIds[9], imageIds[2]];
  tags.put('strip', pinned);
  const strip = idsAt(chooseStrip(studio.library, imageIds, SAMPLES));
  expect(strip.slice(0, 2)).toEqual([imageIds[2], imageIds[9]]);
  expect(new Set(strip).size).toBe(SAMPLES);
  tags.put('strip', [...imageIds]);
  expect(idsAt(chooseStrip(studio.library, imageIds, SAMPLES))).toEqual([...imageIds.subarray(0, SAMPLES)]);
  tags.takeOff('strip', [...imageIds]);
  expect(idsAt(chooseStrip(studio.library, imageIds, SAMPLES))).toEqual(without);
  expect(chooseStrip(studio.library, imageIds, 50)).toHaveLength(12);
});

test('the strip of a run stays what it was, whatever is pinned later, and a branch has that of its parent', async () => {
  const { library } = studio;
  const run = addRun();
  expect(stripOf(library, run)).toEqual([]);
  const places = await openStrip(library, run, imageIds);
  library.tags.put('strip', [imageIds[11]]);
  expect(await openStrip(library, run, imageIds)).toEqual(places);
  expect(stripOf(library, run)).toEqual(idsAt(places));
  expect(await openStrip(library, addRun(run), imageIds)).toEqual(places);
  expect((await openStrip(library, addRun(), imageIds))[0]).toBe(11);
  library.tags.takeOff('strip', [imageIds[11]]);
});

test('a strip that cannot be read, or whose images are not in the pack, is chosen anew', async () => {
  const { library } = studio;
  const chosen = chooseStrip(library, imageIds, SAMPLES);
  for (const content of ['{"imageIds":[1', '{"imageIds":"?"}', '{"imageIds":[9999]}']) {
    const run = addRun();
    mkdirSync(library.runFolder(run.id), { recursive: true });
    writeFileSync(`${library.runFolder(run.id)}/strip.json`, content);
    expect(await openStrip(library, run, imageIds)).toEqual(chosen);
  }
});
