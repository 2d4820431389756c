import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import { gazeFromAngles, type Annotation } from '../contract/annotation.ts';
import { addDataset, errorOf, imageOf, packOf, temporaryLibrary } from './temporary-library.ts';

const joint = { x: 1.5, y: 2.25, visibility: 2 as const };

test('everything that is known of an image comes back', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id: datasetId } = addDataset(library);
  const annotations: Annotation[] = [
    { kind: 'category', name: 'open' },
    gazeFromAngles(0.1, -0.2),
    {
      kind: 'keypoints',
      layout: 'hand-21',
      points: [joint, { ...joint, zMm: 512.5, visibility: 1 }, { ...joint, visibility: 0 }],
    },
  ];
  const image = imageOf('f01/ä b.png', {
    bitDepth: 16,
    channels: 3,
    crop: { x: 0.5, y: 1, width: 20.25, height: 10 },
    source: { eye: 'left', nested: [1, null] },
    split: 'test',
    annotations,
  });
  const [id] = library.images.add(datasetId, [image]);
  expect(library.images.get(id)).toEqual({
    ...image,
    id,
    datasetId,
    duplicateOf: null,
    excludedReason: null,
    missing: false,
    annotations: annotations.map((annotation) => ({ annotation, author: 'import' })),
  });
  expect(library.images.get(id + 1)).toBeUndefined();
});

test('any annotation comes back, coordinates as float32', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const [id] = library.images.add(addDataset(library).id, [imageOf('a.png')]);
  const float32 = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const point = fc.record(
    { x: float32, y: float32, zMm: float32, visibility: fc.constantFrom(0 as const, 1 as const, 2 as const) },
    { requiredKeys: ['x', 'y', 'visibility'] },
  );
  // SQLite has no negative zero.
  const angle = (limit: number): fc.Arbitrary<number> =>
    fc.double({ min: -limit, max: limit, noNaN: true }).filter((value) => Math.abs(value) > 1e-9);
  const annotation: fc.Arbitrary<Annotation> = fc.oneof(
    fc.tuple(angle(1.5), angle(3)).map(([pitch, yaw]) => gazeFromAngles(pitch, yaw)),
    fc.record({ kind: fc.constant('keypoints' as const), layout: fc.string(), points: fc.array(point) }),
    fc.record({ kind: fc.constant('category' as const), name: fc.string({ minLength: 1 }) }),
  );
  fc.assert(
    fc.property(annotation, (label) => {
      library.annotations.set(id, label, 'user');
      const stored = library.annotations.of(id).find((other) => other.annotation.kind === label.kind);
      expect(stored).toEqual({ annotation: label, author: 'user' });
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('a second import finds what is known, and only that', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const first = addDataset(library, 'first').id;
  const second = addDataset(library, 'second').id;
  const [imageId] = library.images.add(first, [imageOf('a.png')]);
  library.images.add(second, [imageOf('b.png')]);
  const known = library.images.known(first, ['a.png', 'b.png', 'c.png']);
  expect([...known]).toEqual([['a.png', { imageId, fileSha256: imageOf('a.png').fileSha256 }]]);
});

test('a batch with a path that is there already leaves nothing of itself', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addDataset(library);
  library.images.add(id, [imageOf('a.png')]);
  expect(() => library.images.add(id, [imageOf('b.png'), imageOf('a.png')])).toThrow('UNIQUE');
  expect([...library.images.ofDataset(id)].map((image) => image.path)).toEqual(['a.png']);
});

test('duplicates point at the first image with the same bytes, in every set, also after that one is gone', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const first = addDataset(library, 'first').id;
  const second = addDataset(library, 'second').id;
  const [a, b, c] = library.images.add(first, [
    imageOf('a', { content: 'same' }),
    imageOf('b', { content: 'same' }),
    imageOf('c'),
  ]);
  const [d, e] = library.images.add(second, [
    imageOf('d', { content: 'same' }),
    imageOf('e', { content: 'same' }),
  ]);
  const originals = (): (number | null | undefined)[] =>
    [a, b, c, d, e].map((id) => library.images.get(id)?.duplicateOf);
  expect(originals()).toEqual([null, a, null, a, a]);
  library.images.remove([a]);
  expect(originals()).toEqual([undefined, null, null, b, b]);
  library.images.replaceFile(b, imageOf('b', { content: 'new' }), []);
  expect(originals()).toEqual([undefined, null, null, null, d]);
  library.images.replaceFile(c, imageOf('c', { content: 'same' }), []);
  library.images.replaceFile(e, imageOf('e', { content: 'new' }), []);
  expect(originals()).toEqual([undefined, null, null, c, b]);
  library.datasets.remove(first);
  expect(originals()).toEqual([undefined, undefined, undefined, null, null]);
});

test('a changed file gets new facts; labels of the importer are replaced, those of a user stay', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const [id] = library.images.add(addDataset(library).id, [
    imageOf('a.png', { annotations: [gazeFromAngles(0.1, 0.1), { kind: 'category', name: 'open' }] }),
  ]);
  library.annotations.set(id, gazeFromAngles(0.5, 0.5), 'user');
  library.images.setMissing([id], true);
  library.images.replaceFile(id, imageOf('a.png', { content: 'new', greyMean: 7 }), [
    gazeFromAngles(0.2, 0.2),
  ]);
  const image = library.images.get(id);
  expect(image).toMatchObject({
    greyMean: 7,
    missing: false,
    fileSha256: imageOf('', { content: 'new' }).fileSha256,
  });
  expect(image?.annotations).toEqual([{ annotation: gazeFromAngles(0.5, 0.5), author: 'user' }]);
  expect(library.imageSearch.count({ ranges: { pitchRad: { from: 0.4 } }, annotationKind: 'gaze' })).toBe(1);
  expect(library.imageSearch.count({ annotationKind: 'category' })).toBe(0);
  expect(errorOf(() => library.images.replaceFile(99, imageOf('a'), [])).code).toBe('not-found');
});

test('labels are set and taken away, and say what was there before', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const [id] = library.images.add(addDataset(library).id, [imageOf('a.png')]);
  const open: Annotation = { kind: 'category', name: 'open' };
  expect(library.annotations.set(id, open, 'user')).toBeUndefined();
  expect(library.annotations.set(id, { ...open, name: 'shut' }, 'user')).toEqual({
    annotation: open,
    author: 'user',
  });
  expect(library.imageSearch.count({ categories: ['shut', 'half'] })).toBe(1);
  expect(library.annotations.remove(id, 'category')?.annotation).toEqual({ ...open, name: 'shut' });
  expect(library.annotations.of(id)).toEqual([]);
  expect(library.imageSearch.count({ annotationKind: 'category' })).toBe(0);
  expect(errorOf(() => library.annotations.set(99, open, 'user')).code).toBe('not-found');
});

test('a whole dataset is read in pages, in id order, while it is being changed', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const first = addDataset(library, 'first').id;
  const second = addDataset(library, 'second').id;
  const ids: number[] = [];
  for (let index = 0; index < 10; index++) {
    ids.push(...library.images.add(first, [imageOf(`${index}`, { split: index < 3 ? 'test' : 'train' })]));
    library.images.add(second, [imageOf(`${index}`)]);
  }
  const read: number[] = [];
  for (const image of library.images.ofDataset(first, { pageSize: 4 })) {
    library.images.setExcluded([image.id], 'seen');
    read.push(image.id);
  }
  expect(read).toEqual(ids);
  expect([...library.images.ofDataset(first, { split: 'test' })].map((image) => image.id)).toEqual(
    ids.slice(0, 3),
  );
});

test('exclusion, split and the missing flag say what they changed', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const [a, b] = library.images.add(addDataset(library).id, [imageOf('a'), imageOf('b')]);
  expect(library.images.setExcluded([a], 'blurred')).toEqual([{ imageId: a, before: null }]);
  expect(library.images.setExcluded([b, a], 'too dark')).toEqual([
    { imageId: a, before: 'blurred' },
    { imageId: b, before: null },
  ]);
  expect(library.images.setExcluded([a, b], 'too dark')).toEqual([]);
  expect(library.images.setExcluded([a], null)).toEqual([{ imageId: a, before: 'too dark' }]);
  expect(library.images.setSplit([a, b], 'test')).toEqual([
    { imageId: a, before: 'train' },
    { imageId: b, before: 'train' },
  ]);
  expect(library.images.setMissing([b], true)).toEqual([{ imageId: b, before: false }]);
  expect(library.images.getMany([b, 99, a])).toMatchObject([
    { id: b, missing: true, excludedReason: 'too dark', split: 'test' },
    { id: a, missing: false, excludedReason: null, split: 'test' },
  ]);
});

test('what packs or refined images were made of cannot be removed', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const dataset = addDataset(library);
  const [id] = library.images.add(dataset.id, [imageOf('a')]);
  const run = library.runs.add({ config: {}, syntheticPackId: null, realPackId: null, totalSteps: 1 });
  library.refinedImages.record(run.id, 1, [
    {
      imageId: id,
      path: 'a.png',
      meanAbsChange: 1,
      discriminatorScore: 0.5,
      driftPx: null,
      sha256: '',
      alpha: 1,
    },
  ]);
  expect(errorOf(() => library.images.remove([id])).code).toBe('busy');
  expect(errorOf(() => library.datasets.remove(dataset.id)).message).toContain('"eyes"');
  const other = addDataset(library, 'other');
  library.packs.record(packOf(other.id));
  expect(errorOf(() => library.datasets.remove(other.id)).code).toBe('busy');
  expect(library.datasets.list()).toHaveLength(2);
});
