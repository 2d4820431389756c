import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StudioEvent } from '../../../contract/events.ts';
import { applyChange, effectOf, type DivisibleChange } from '../../../library/changes.ts';
import { openLibrary, type Library } from '../../../library/library.ts';
import { addDataset, imageOf, temporaryLibrary } from '../../../library/temporary-library.ts';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';
import { AT_ONCE } from './edit-in-turns.ts';

const IMAGES = 3 * AT_ONCE;

function fill(library: Library, images = IMAGES): void {
  const ids = library.images.add(
    addDataset(library).id,
    Array.from({ length: images }, (_, index) => imageOf(`${index}.png`)),
  );
  library.images.setExcluded(ids.slice(images / 3 - 50, images / 3 + 50), 'dark');
  library.tags.put('kept', ids.slice(10, 20));
}

/** Reason and tags of every image. */
function stateOf(library: Library): unknown[] {
  return library.images
    .getMany([...library.imageSearch.orderedIds({}, 'id')])
    .map(({ id, excludedReason }) => [excludedReason, library.tags.of(id)]);
}

describe('an edit of many images', () => {
  let opened: OpenStudio;
  const events: StudioEvent[] = [];
  beforeAll(async () => {
    opened = await openStudio({ fill: (library) => fill(library) });
    opened.client.subscribe((event) => events.push(event));
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  const excludedImages = async (): Promise<number> =>
    (await opened.client.images.facets({ filter: { excluded: true }, bins: 2 })).total;
  const target = async () => {
    const { listing, count } = await opened.client.images.open({ filter: {}, sort: { by: 'id' } });
    return { listing, ranges: [[0, count - 1]] as [number, number][] };
  };

  test('is one edit, tells how far it is, and others are answered meanwhile', async () => {
    const { edits, images, datasets } = opened.client;
    const all = await target();
    const order: string[] = [];
    const edit = edits.exclude({ target: all, reason: 'blurred' }).then((result) => {
      order.push('edit');
      return result;
    });
    const window = images
      .window({ listing: all.listing, from: 0, count: 1 })
      .then(() => order.push('window'));
    await window;
    await expect(datasets.measureHealth({})).rejects.toMatchObject({ code: 'busy' });
    expect(await edit).toMatchObject({
      edit: { title: 'Excluded 6,000 images: blurred', images: IMAGES, undone: false },
    });
    expect(order).toEqual(['window', 'edit']);
    const progress = events.filter(({ type }) => type === 'edit');
    expect(progress.at(-1)).toEqual({ type: 'edit', done: IMAGES, images: IMAGES });
    expect(await excludedImages()).toBe(IMAGES);

    expect((await edits.undo({})).edit).toMatchObject({ undone: true });
    expect(await excludedImages()).toBe(100);
    expect((await images.window({ listing: all.listing, from: AT_ONCE, count: 1 }))[0]).toMatchObject({
      excludedReason: 'dark',
    });
    expect((await edits.redo({})).edit).toMatchObject({ undone: false });
    expect(await excludedImages()).toBe(IMAGES);
    await edits.undo({});
    expect((await edits.exclude({ target: all, reason: null })).edit).toMatchObject({ images: 100 });
    await edits.undo({});
    expect(await excludedImages()).toBe(100);
  });

  test('waits for the edit before it, and cuts off what was undone', async () => {
    const { edits, images } = opened.client;
    const all = await target();
    await Promise.all([
      edits.tag({ target: all, tag: 'kept', on: true }),
      edits.renameTag({ name: 'kept', newName: 'all' }),
    ]);
    const { tags } = await images.facets({ filter: {}, bins: 2 });
    expect(tags).toEqual([{ value: 'all', count: IMAGES }]);
    expect(await edits.list({ limit: 2 })).toMatchObject({
      canRedo: false,
      edits: [{ title: 'Renamed the tag "kept" to "all"' }, { images: IMAGES - 10 }],
    });
    await edits.undo({});
    await edits.undo({});
    expect((await images.facets({ filter: {}, bins: 2 })).tags).toEqual([{ value: 'kept', count: 10 }]);
  });

  test('is taken back as a whole where the library is closed in the middle of it', async () => {
    const { edits, library } = opened.client;
    const folder = (await library.current({}))?.folder ?? '';
    const edit = edits.exclude({ target: await target(), reason: 'late' });
    const refused = expect(edit).rejects.toMatchObject({ code: 'busy' });
    await library.close({});
    await refused;
    await library.open({ folder });
    expect(await excludedImages()).toBe(100);
  });
});

describe('a library that was left in the middle of an edit', () => {
  test.each(['made', 'undone', 'done again'])('is as it was before it was %s', (what) => {
    using temporary = temporaryLibrary();
    const { folder } = temporary.library;
    fill(temporary.library, 300);
    const ids = [...temporary.library.imageSearch.orderedIds({}, 'id')];
    const { edits } = temporary.library;
    const redo: DivisibleChange = { kind: 'exclude', reason: 'late', imageIds: ids.slice(0, 100) };
    const undo = effectOf(temporary.library, redo).inverse;
    const half = { ...redo, imageIds: ids.slice(0, 50) };
    const { id } = edits.begin({ title: 'Excluded', images: 100, undo, redo: [redo] });
    let before = stateOf(temporary.library);
    if (what !== 'made') {
      applyChange(temporary.library, redo);
      edits.addImages(id, redo.imageIds);
      edits.finish(id);
      before = stateOf(temporary.library);
      if (what === 'done again') {
        for (const change of undo) applyChange(temporary.library, change);
        edits.setUndone(id, true);
        before = stateOf(temporary.library);
      }
      edits.beginAgain(id);
    }
    applyChange(temporary.library, what === 'undone' ? { ...half, reason: null } : half);
    expect(stateOf(temporary.library)).not.toEqual(before);
    temporary.library.close();

    using reopened = openLibrary(folder, { access: 'write' });
    expect(stateOf(reopened)).toEqual(before);
    expect(reopened.edits.unfinished()).toBeUndefined();
    expect(reopened.edits.list(5)).toMatchObject(
      what === 'made' ? [] : [{ id, undone: what === 'done again' }],
    );
  });
});
