import { describe, expect, test } from 'vitest';
import { addDataset, addRun, errorOf, imageOf, temporaryLibrary } from './temporary-library.ts';
import type { Library } from './library.ts';

function addImages(library: Library, count: number): number[] {
  const images = Array.from({ length: count }, (_, index) => imageOf(`${index}.png`));
  return library.images.add(addDataset(library).id, images);
}

describe('jobs', () => {
  test('wait, run and end, with times that follow', () => {
    using temporary = temporaryLibrary();
    const { jobs } = temporary.library;
    const order = { kind: 'import', title: 'Importing', lane: 'data', runId: null, input: { a: 1 } } as const;
    const { id } = jobs.add(order);
    expect(jobs.get(id)).toMatchObject({ ...order, status: 'waiting', progress: null, startedAt: null });
    jobs.update(id, { status: 'running', workerProcessId: 7, progress: { done: 1 }, notes: ['left out'] });
    expect(jobs.get(id)).toMatchObject({
      status: 'running',
      workerProcessId: 7,
      progress: { done: 1 },
      notes: ['left out'],
      endedAt: null,
    });
    expect(jobs.get(id)?.startedAt).not.toBeNull();
    jobs.update(id, { status: 'done', result: [1, 2], progress: null });
    jobs.update(id, {});
    expect(jobs.get(id)).toMatchObject({ status: 'done', result: [1, 2], progress: null, failure: null });
    expect(jobs.get(id)?.endedAt).not.toBeNull();
    expect(errorOf(() => jobs.update(99, { status: 'done' })).code).toBe('not-found');
  });

  test('the list has all that is open and the newest that ended; clearing keeps what is open', () => {
    using temporary = temporaryLibrary();
    const { jobs } = temporary.library;
    const ids = Array.from(
      { length: 5 },
      (_, index) => jobs.add({ kind: 'map', title: `${index}`, lane: 'data', runId: null, input: null }).id,
    );
    for (const id of ids.slice(1)) jobs.update(id, { status: 'cancelled' });
    expect(jobs.list(2).map(({ id }) => id)).toEqual([ids[0], ids[3], ids[4]]);
    expect(jobs.open().map(({ id }) => id)).toEqual([ids[0]]);
    jobs.clear();
    expect(jobs.list(9).map(({ id }) => id)).toEqual([ids[0]]);
  });
});

describe('edits', () => {
  test('undone from the last, redone from the first, and cut off by a new one', () => {
    using temporary = temporaryLibrary();
    const { library } = temporary;
    const images = addImages(library, 3);
    const { edits } = library;
    const add = (title: string) =>
      edits.add({ title, imageIds: images, undo: { not: title }, redo: { yes: title } }).id;
    const [one, two, three] = ['one', 'two', 'three'].map(add);
    expect(edits.lastDone()).toMatchObject({ edit: { id: three, images: 3 }, undo: { not: 'three' } });
    expect(edits.setUndone(three, true).undone).toBe(true);
    edits.setUndone(two, true);
    expect(edits.lastDone()?.edit.id).toBe(one);
    expect(edits.firstUndone()).toMatchObject({ edit: { id: two }, redo: { yes: 'two' } });
    edits.setUndone(two, false);
    expect(edits.firstUndone()?.edit.id).toBe(three);
    const four = add('four');
    expect(edits.firstUndone()).toBeUndefined();
    edits.setUndone(four, true);
    expect(edits.firstUndone()?.edit.id).toBe(four);
    expect(edits.lastDone()?.edit.id).toBe(two);
    expect(edits.list(3).map(({ id, undone }) => [id, undone])).toEqual([
      [four, true],
      [three, true],
      [two, false],
    ]);
  });

  test('an image tells its edits, newest first; those of a removed image stay on record', () => {
    using temporary = temporaryLibrary();
    const { library } = temporary;
    const [first, second] = addImages(library, 2);
    library.edits.add({ title: 'both', imageIds: [first, second, second], undo: 0, redo: 0 });
    library.edits.add({ title: 'second', imageIds: [second], undo: 0, redo: 0 });
    expect(library.edits.ofImage(second).map(({ title }) => title)).toEqual(['second', 'both']);
    expect(library.edits.ofImage(first)).toMatchObject([{ title: 'both', images: 2 }]);
    library.datasets.remove(library.datasets.list()[0].id);
    expect(library.edits.ofImage(first)).toEqual([]);
    expect(library.edits.list(9)).toHaveLength(2);
  });
});

test('views are saved by name, replaced and removed', () => {
  using temporary = temporaryLibrary();
  const { views } = temporary.library;
  views.save({ name: 'left', filter: { tags: ['left'] }, sort: { by: 'id' } });
  views.save({ name: 'dark', filter: {}, sort: { by: 'greyMean' } });
  views.save({ name: 'left', filter: {}, sort: { by: 'path' } });
  expect(views.list()).toEqual([
    { name: 'dark', filter: {}, sort: { by: 'greyMean' } },
    { name: 'left', filter: {}, sort: { by: 'path' } },
  ]);
  views.remove('dark');
  expect(errorOf(() => views.remove('dark')).code).toBe('not-found');
});

test('runs carry tags, are archived and go to the trash and back', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  expect(library.runs.get(id)).toMatchObject({ tags: [], archived: false, trashedAt: null });
  library.runs.update(id, { tags: ['paper', 'λ'], archived: true, trashedAt: '2024-01-01T00:00:00.000Z' });
  expect(library.runs.get(id)).toMatchObject({
    tags: ['paper', 'λ'],
    archived: true,
    trashedAt: '2024-01-01T00:00:00.000Z',
  });
  library.runs.update(id, { archived: false, trashedAt: null });
  expect(library.runs.get(id)).toMatchObject({ tags: ['paper', 'λ'], archived: false, trashedAt: null });
});

test('a Turing test keeps its plan and the first answer to each trial', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const [first, second] = addImages(library, 2);
  const { id: runId } = addRun(library);
  const session = library.turing.add({ runId, step: 5, rater: 'me', seed: 3 }, [
    { imageId: second, shown: 'refined', isCatch: false },
    { imageId: first, shown: 'synthetic', isCatch: true },
  ]);
  expect(library.turing.get(session.id)).toMatchObject({ runId, step: 5, rater: 'me', seed: 3 });
  expect(library.turing.answer(session.id, 0, 'real')).toBe(true);
  expect(library.turing.answer(session.id, 0, 'refined')).toBe(false);
  expect(library.turing.answer(session.id, 9, 'refined')).toBe(false);
  expect(library.turing.trials(session.id)).toMatchObject([
    { trial: 0, imageId: second, shown: 'refined', isCatch: false, answer: 'real' },
    { trial: 1, imageId: first, shown: 'synthetic', isCatch: true, answer: null, answeredAt: null },
  ]);
  library.datasets.remove(library.datasets.list()[0].id);
  expect(library.turing.trial(session.id, 0)).toMatchObject({ imageId: null, answer: 'real' });
  library.turing.truncateAfter(runId, 4);
  expect(library.turing.list(runId)).toEqual([]);
});

test('a document is one per name and checkpoint', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id: runId } = addRun(library);
  const { documents } = library;
  documents.put('dial', { best: 1 }, { runId, step: -3 });
  documents.put('dial', { best: 2 }, { runId, step: 8 });
  documents.put('dial', { best: 3 }, { runId, step: 8 });
  documents.put('health', [1]);
  documents.put('health', [2]);
  expect(documents.get('dial', { runId, step: 8 })?.content).toEqual({ best: 3 });
  expect(documents.get('health')?.content).toEqual([2]);
  expect(documents.get('dial')).toBeUndefined();
  documents.truncateAfter(runId, 0);
  expect(documents.get('dial', { runId, step: 8 })).toBeUndefined();
  expect(documents.get('dial', { runId, step: -3 })?.content).toEqual({ best: 1 });
  documents.remove('health');
  expect(documents.get('health')).toBeUndefined();
});

test('what a rewind forgets: refined images and evaluations of checkpoints after a step', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const [imageId] = addImages(library, 1);
  const { id: runId } = addRun(library);
  const refined = {
    imageId,
    path: 'x.pack',
    meanAbsChange: 1,
    discriminatorScore: 0.5,
    driftPx: null,
    sha256: 'a',
    alpha: 1,
  };
  for (const step of [4, 8]) {
    library.refinedImages.record(runId, step, [refined]);
    library.evaluations.add({ runId, step, kind: 'realism', result: {} });
  }
  library.refinedImages.truncateAfter(runId, 4);
  library.evaluations.truncateAfter(runId, 4);
  expect(library.refinedImages.steps(runId)).toEqual([4]);
  expect(library.evaluations.list(runId).map(({ step }) => step)).toEqual([4]);
});
