import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { propertyRuns } from '../../../../test/support/property-settings.ts';
import { gazeFromAngles } from '../../../contract/annotation.ts';
import type { OutputOf } from '../../../contract/contract.ts';
import type { Library } from '../../../library/library.ts';
import { addDataset, imageOf } from '../../../library/temporary-library.ts';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';

const IMAGES = 600;

function fill(library: Library): void {
  library.images.add(
    addDataset(library).id,
    Array.from({ length: IMAGES }, (_, index) =>
      imageOf(`${index}.png`, {
        annotations: [gazeFromAngles(index / 1000, -0.2)],
        split: index % 5 === 0 ? 'test' : 'train',
      }),
    ),
  );
}

type GridImage = OutputOf<'images.window'>[number];

let opened: OpenStudio;
beforeAll(async () => {
  opened = await openStudio({ fill });
});
afterAll(() => opened[Symbol.asyncDispose]());

async function everything(imageIds?: number[]): Promise<GridImage[]> {
  const filter = imageIds ? { imageIds } : {};
  const { listing, count } = await opened.client.images.open({ filter, sort: { by: 'id' } });
  const images: GridImage[] = [];
  for (let from = 0; from < count; from += 500) {
    images.push(...(await opened.client.images.window({ listing, from, count: 500 })));
  }
  return images;
}

const idsOf = (images: readonly GridImage[]): number[] => images.map(({ id }) => id);

describe('curation', () => {
  test('500 exclusions over a list are one edit, and come back as they were', async () => {
    const { edits, images } = opened.client;
    const before = await everything();
    await edits.exclude({ target: { ids: [before[3].id] }, reason: 'dark' });
    const dark = await everything();
    const { listing } = await images.open({ filter: {}, sort: { by: 'id' } });
    const { edit } = await edits.exclude({
      target: {
        listing,
        ranges: [
          [0, 249],
          [200, 499],
        ],
      },
      reason: 'blurred',
    });
    expect(edit).toMatchObject({ title: 'Excluded 500 images: blurred', images: 500, undone: false });
    const facets = await images.facets({ filter: { excluded: true }, bins: 4 });
    expect(facets.total).toBe(500);
    // The list that is open stays as it is.
    expect(await images.window({ listing, from: 0, count: 2 })).toMatchObject([
      { id: before[0].id, excludedReason: 'blurred' },
      { id: before[1].id },
    ]);

    expect((await edits.undo({})).edit).toMatchObject({ id: edit?.id, undone: true });
    expect(await everything()).toEqual(dark);
    expect((await images.facets({ filter: { excluded: true }, bins: 4 })).total).toBe(1);
    expect((await edits.redo({})).edit).toMatchObject({ id: edit?.id, undone: false });
    expect((await everything()).filter(({ excludedReason }) => excludedReason === 'blurred')).toHaveLength(
      500,
    );
    await edits.undo({});
    await edits.undo({});
    expect(await everything()).toEqual(before);
  });

  test('a corrected label is the user’s; undone it is the importer’s again', async () => {
    const { edits, images } = opened.client;
    const [, image] = await everything();
    const annotation = gazeFromAngles(0.3, 0.4);
    const { edit } = await edits.setLabel({ imageId: image.id, annotation });
    expect(edit?.title).toBe('Corrected the gaze of 1.png');
    expect(await images.get({ id: image.id })).toMatchObject({
      annotations: [{ annotation, author: 'user' }],
      edits: [
        { title: 'Corrected the gaze of 1.png', undone: false },
        { title: 'Excluded 500 images: blurred', undone: true },
      ],
    });
    expect((await images.facets({ filter: {}, bins: 2 })).corrected).toBe(1);
    expect((await edits.setLabel({ imageId: image.id, annotation })).edit).toBeNull();
    await edits.removeLabel({ imageId: image.id, kind: 'gaze' });
    expect((await images.get({ id: image.id })).annotations).toEqual([]);
    await edits.undo({});
    expect((await images.get({ id: image.id })).annotations).toEqual([{ annotation, author: 'user' }]);
    await edits.undo({});
    expect((await images.get({ id: image.id })).annotations).toEqual(image.annotations);
    expect((await images.facets({ filter: {}, bins: 2 })).corrected).toBe(0);
  });

  test('a label that no hand can have meant is refused', async () => {
    const { edits } = opened.client;
    const [{ id: imageId }] = await everything();
    const torn = { ...gazeFromAngles(0.1, 0.1), yawRad: 0.9 };
    const far = { kind: 'keypoints', layout: 'one', points: [{ x: 900, y: 3, visibility: 2 }] } as const;
    for (const annotation of [torn, { ...far, points: [...far.points] }]) {
      await expect(edits.setLabel({ imageId, annotation })).rejects.toMatchObject({ code: 'bad-usage' });
    }
  });

  test('a new edit cuts off what was undone', async () => {
    const { edits } = opened.client;
    const [a] = idsOf(await everything());
    await edits.tag({ target: { ids: [a] }, tag: 'first', on: true });
    await edits.undo({});
    expect(await edits.list({ limit: 1 })).toMatchObject({ canRedo: true });
    await edits.tag({ target: { ids: [a] }, tag: 'second', on: true });
    expect(await edits.list({ limit: 2 })).toMatchObject({
      canRedo: false,
      edits: [{ title: 'Tagged 1 image "second"', undone: false }, { undone: true }],
    });
    expect((await edits.redo({})).edit).toBeNull();
    await edits.undo({});
  });

  test('whatever was done: undone it was never done, and done again it is the same', async () => {
    const { edits } = opened.client;
    const all = idsOf(await everything()).slice(0, 12);
    const before = await everything(all);
    const steps = fc.array(
      fc.record({
        what: fc.constantFrom(
          'tag',
          'untag',
          'exclude',
          'include',
          'test',
          'train',
          'pin',
          'rename',
          'label',
          'unlabel',
        ),
        ids: fc.subarray(all, { minLength: 1, maxLength: 6 }),
        name: fc.constantFrom('one', 'two', 'three'),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (chosen) => {
        let made = 0;
        for (const { what, ids, name } of chosen) {
          made += Number((await perform(what, ids, name)) !== null);
        }
        const after = await everything(all);
        for (let step = 0; step < made; step++) await edits.undo({});
        expect(await everything(all)).toEqual(before);
        for (let step = 0; step < made; step++) await edits.redo({});
        expect(await everything(all)).toEqual(after);
        for (let step = 0; step < made; step++) await edits.undo({});
      }),
      { numRuns: propertyRuns(15) },
    );
    expect(await everything(all)).toEqual(before);
  });

  async function perform(what: string, ids: number[], name: string): Promise<unknown> {
    const { edits } = opened.client;
    const target = { ids };
    switch (what) {
      case 'tag':
        return (await edits.tag({ target, tag: name, on: true })).edit;
      case 'untag':
        return (await edits.tag({ target, tag: name, on: false })).edit;
      case 'exclude':
        return (await edits.exclude({ target, reason: name })).edit;
      case 'include':
        return (await edits.exclude({ target, reason: null })).edit;
      case 'test':
      case 'train':
        return (await edits.setSplit({ target, split: what })).edit;
      case 'pin':
        return (await edits.pin({ target, on: true })).edit;
      case 'rename':
        try {
          return (await edits.renameTag({ name, newName: `${name}!` })).edit;
        } catch {
          // There is no such tag, or the other name is taken.
          return null;
        }
      case 'label':
        return (await edits.setLabel({ imageId: ids[0], annotation: gazeFromAngles(0.5, ids[0] / 1000) }))
          .edit;
      default:
        return (await edits.removeLabel({ imageId: ids[0], kind: 'gaze' })).edit;
    }
  }
});
