import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RefinedImage, RefinedSort } from './refined-images.ts';
import { addDataset, addRun, errorOf, imageOf, temporaryLibrary } from './temporary-library.ts';

const checkpoint = (step: number) => ({
  step,
  path: `checkpoints/${step}.bin`,
  sha256: `${step}`,
  bytes: 100,
});

test('checkpoints: scores add up, pins stay, what comes after a step is forgotten', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  for (const step of [100, 300, 200]) library.checkpoints.record(id, checkpoint(step));
  library.checkpoints.setScores(id, 200, { realism: 0.5 });
  library.checkpoints.setScores(id, 200, { drift: 0.25 });
  library.checkpoints.setPinned(id, 200, true);
  expect(library.checkpoints.get(id, 200)).toMatchObject({
    ...checkpoint(200),
    pinned: true,
    scores: { realism: 0.5, drift: 0.25 },
  });
  library.checkpoints.record(id, { ...checkpoint(200), bytes: 7 });
  expect(library.checkpoints.get(id, 200)).toMatchObject({ bytes: 7, pinned: true, scores: {} });
  expect(library.checkpoints.latest(id)?.step).toBe(300);
  expect(library.checkpoints.truncateAfter(id, 200)).toEqual(['checkpoints/300.bin']);
  expect(library.checkpoints.list(id).map(({ step }) => step)).toEqual([100, 200]);
  library.checkpoints.remove(id, 100);
  expect(errorOf(() => library.checkpoints.setPinned(id, 100, true)).code).toBe('not-found');
});

test('checkpoints: the best is the one with the highest score', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  for (const step of [100, 200, 300]) library.checkpoints.record(id, checkpoint(step));
  expect(library.checkpoints.best(id)).toBeUndefined();
  library.checkpoints.setScores(id, 100, { score: 0.4 });
  library.checkpoints.setScores(id, 200, { score: 0.7, drift: 1.5 });
  expect(library.checkpoints.best(id)).toMatchObject({ step: 200, scores: { score: 0.7, drift: 1.5 } });
  library.checkpoints.setScores(id, 300, { score: 0.7 });
  expect(library.checkpoints.best(id)?.step).toBe(200);
  addRun(library);
  expect(library.checkpoints.bestOfAll()).toEqual(new Map([[id, library.checkpoints.best(id)]]));
});

test('events: in the order of happening, one kind at a time, nothing after a step that is forgotten', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  library.runEvents.add(id, { step: 20, kind: 'guard', content: { guard: 'no-change' } });
  library.runEvents.add(id, { step: 10, kind: 'change', content: { lambda: 2 } });
  library.runEvents.add(id, { step: 20, kind: 'change', content: { lambda: 3 } });
  expect(library.runEvents.list(id).map(({ step, kind }) => [step, kind])).toEqual([
    [10, 'change'],
    [20, 'guard'],
    [20, 'change'],
  ]);
  expect(library.runEvents.list(id, 'change').map(({ content }) => content)).toEqual([
    { lambda: 2 },
    { lambda: 3 },
  ]);
  library.runEvents.truncateAfter(id, 10);
  expect(library.runEvents.list(id)).toHaveLength(1);
});

test('previews: the same step and kind is replaced, what comes after a step is forgotten', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  library.previews.record(id, { step: 20, kind: 'strip', path: 'previews/20.png' });
  library.previews.record(id, { step: 10, kind: 'strip', path: 'previews/old.png' });
  library.previews.record(id, { step: 10, kind: 'buffer', path: 'previews/b10.png' });
  library.previews.record(id, { step: 10, kind: 'strip', path: 'previews/10.png' });
  expect(library.previews.list(id, 'strip').map(({ path }) => path)).toEqual([
    'previews/10.png',
    'previews/20.png',
  ]);
  expect(library.previews.truncateAfter(id, 10)).toEqual(['previews/20.png']);
  expect(library.previews.list(id).map(({ kind }) => kind)).toEqual(['buffer', 'strip']);
});

test('refined images: recorded again they replace, statistics leave out what was not measured', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id: runId } = addRun(library);
  const imageIds = library.images.add(
    addDataset(library).id,
    Array.from({ length: 2_500 }, (_, index) => imageOf(`${index}`)),
  );
  const refined = imageIds.map((imageId, index): RefinedImage => ({
    imageId,
    path: `runs/${runId}/refined/${imageId}.png`,
    meanAbsChange: index,
    discriminatorScore: 0.5,
    driftPx: index < 101 ? index / 100 : null,
    sha256: `${index}`,
    alpha: 1,
  }));
  library.refinedImages.record(runId, 50, [...refined].reverse());
  expect([...library.refinedImages.all(runId, 50)]).toEqual(refined);
  expect(library.refinedImages.statistics(runId, 50)).toEqual({
    count: 2_500,
    withDrift: 101,
    meanAbsChange: { mean: 1249.5, median: 1249.5, percentile95: 0.95 * 2499 },
    discriminatorScore: { mean: 0.5, median: 0.5, percentile95: 0.5 },
    driftPx: { mean: expect.closeTo(0.5, 9) as number, median: 0.5, percentile95: 0.95 },
  });
  expect(library.refinedImages.countOverDrift(runId, 50, 0.9)).toBe(10);
  expect(library.refinedImages.statistics(runId, 60).driftPx).toBeNull();

  library.refinedImages.record(runId, 50, [{ ...refined[0], alpha: 0.5 }]);
  library.refinedImages.setDrift(runId, 50, [{ imageId: imageIds[0], driftPx: 9 }]);
  expect(library.refinedImages.get(runId, 50, imageIds[0])).toEqual({
    ...refined[0],
    alpha: 0.5,
    driftPx: 9,
  });
  expect(library.refinedImages.count(runId, 50)).toBe(2_500);
  const sorted = (by: RefinedSort['by'], descending: boolean) =>
    library.refinedImages.sortedIds(runId, 50, { by, descending });
  expect(sorted('change', true)).toEqual([...imageIds].reverse());
  expect(sorted('drift', true).slice(0, 3)).toEqual([imageIds[0], imageIds[100], imageIds[99]]);
  expect(sorted('drift', false).slice(99, 103)).toEqual([100, 0, 101, 102].map((index) => imageIds[index]));
  expect(sorted('yaw', true)).toEqual(imageIds);
  const some = [imageIds[7], -1, imageIds[3]];
  expect(library.refinedImages.getMany(runId, 50, some)).toEqual([refined[7], refined[3]]);
  library.refinedImages.setAlpha(runId, 50, 0.7);
  expect(library.refinedImages.get(runId, 50, imageIds[5])).toMatchObject({ alpha: 0.7, driftPx: null });
  library.refinedImages.record(runId, 60, refined.slice(0, 2));
  expect(library.refinedImages.done(runId, 60, imageIds.slice(1, 4))).toEqual(new Set([imageIds[1]]));
  expect(library.refinedImages.steps(runId)).toEqual([50, 60]);
});

test('evaluations are all kept; the newest is found', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id: runId } = addRun(library);
  library.evaluations.add({ runId, step: 20, kind: 'realism', result: { accuracy: 0.9 } });
  library.evaluations.add({ runId, step: 10, kind: 'realism', result: { accuracy: 0.95 } });
  const id = library.evaluations.add({ runId, step: 10, kind: 'realism', result: { accuracy: 0.8 } });
  library.evaluations.add({ runId, step: 10, kind: 'downstream', result: [1] });
  expect(library.evaluations.latest(runId, 'realism')).toMatchObject({ id, result: { accuracy: 0.8 } });
  expect(library.evaluations.latest(runId, 'realism', 20)?.result).toEqual({ accuracy: 0.9 });
  expect(library.evaluations.latest(runId, 'none')).toBeUndefined();
  expect(library.evaluations.list(runId).map(({ step }) => step)).toEqual([10, 10, 10, 20]);
  expect(library.evaluations.list(runId, 'downstream')).toHaveLength(1);
});

test('exports remember where they went', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id: runId } = addRun(library);
  const folder = join(library.folder, '..', 'out');
  const exported = library.exports.add({
    runId,
    step: 600,
    folder,
    formats: ['jsonl', 'coco'],
    imageCount: 3,
    annotationCount: 6,
  });
  expect(exported).toMatchObject({
    folder,
    formats: ['jsonl', 'coco'],
    manifestPath: `exports/${exported.id}.json`,
  });
  expect(library.exports.get(exported.id)).toEqual(exported);
  expect(library.exports.list()).toEqual([exported]);
});

test('the newest evaluation of each run is found, whatever its step', () => {
  using temporary = temporaryLibrary();
  const { evaluations } = temporary.library;
  const [first, second, third] = [1, 2, 3].map(() => addRun(temporary.library).id);
  evaluations.add({ runId: first, step: 20, kind: 'full', result: 'old' });
  evaluations.add({ runId: first, step: 10, kind: 'full', result: 'new' });
  evaluations.add({ runId: first, step: 30, kind: 'short', result: 'other' });
  evaluations.add({ runId: second, step: 5, kind: 'full', result: 'only' });
  const results = [...evaluations.newest('full')].map(([runId, { result }]) => [runId, result]);
  expect(results).toEqual([
    [first, 'new'],
    [second, 'only'],
  ]);
  expect(evaluations.newest('full', second).get(second)?.step).toBe(5);
  expect(evaluations.newest('full', third).size).toBe(0);
});
