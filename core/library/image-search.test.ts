import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import { createRandom } from '../base/random.ts';
import { gazeFromAngles, type Annotation } from '../contract/annotation.ts';
import type { ImageFilter, NumericColumn } from './image-filter.ts';
import type { ImageSort, PageCursor } from './image-search.ts';
import type { LabelledImage } from './images.ts';
import type { Library } from './library.ts';
import { addDataset, imageOf, temporaryLibrary } from './temporary-library.ts';

/** 300 images in two datasets with every mix of labels, flags and repeated values. */
function fill(library: Library): void {
  const random = createRandom(7);
  const datasets = [addDataset(library, 'a').id, addDataset(library, 'b').id];
  for (let index = 0; index < 300; index++) {
    const annotations: Annotation[] = [];
    if (index % 3 > 0) annotations.push(gazeFromAngles(random.integer(9) / 10 - 0.4, random.range(-1, 1)));
    if (index % 5 === 0) annotations.push({ kind: 'category', name: index % 2 ? 'open' : 'shut' });
    if (index % 4 === 0) {
      const points = [0, 1, 2].map(() => ({
        x: 1,
        y: 1,
        visibility: ([0, 1, 2] as const)[random.integer(3)],
      }));
      annotations.push({ kind: 'keypoints', layout: 'three', points });
    }
    const [id] = library.images.add(datasets[index % 2], [
      imageOf(`${['left', 'LEFT_eye', '100%', 'r\\ight'][index % 4]}/${random.integer(1000)}-${index}.png`, {
        content: String(random.integer(250)),
        greyMean: random.integer(20) * 10,
        greyDeviation: random.range(5, 60),
        widthPx: 40 + random.integer(4),
        split: index % 7 ? 'train' : 'test',
        annotations,
      }),
    ]);
    if (index % 6 === 0) library.images.setExcluded([id], 'dark');
    if (index % 11 === 0) library.images.setMissing([id], true);
    if (index % 8 === 0) library.tags.put('keep', [id]);
    if (index % 12 === 0) library.tags.put('look again', [id]);
    if (index % 9 === 0) library.annotations.set(id, { kind: 'category', name: 'open' }, 'user');
  }
}

const VALUE: Record<ImageSort['by'], (image: LabelledImage) => number | string | null> = {
  id: (image) => image.id,
  path: (image) => image.path,
  greyMean: (image) => image.greyMean,
  greyDeviation: (image) => image.greyDeviation,
  widthPx: (image) => image.widthPx,
  heightPx: (image) => image.heightPx,
  pitchRad: (image) => label(image, 'gaze')?.pitchRad ?? null,
  yawRad: (image) => label(image, 'gaze')?.yawRad ?? null,
  visibleJoints: (image) =>
    label(image, 'keypoints')?.points.filter((point) => point.visibility === 2).length ?? null,
};

function label<Kind extends Annotation['kind']>(
  image: LabelledImage,
  kind: Kind,
): Extract<Annotation, { kind: Kind }> | undefined {
  return image.annotations
    .map((stored) => stored.annotation)
    .find((annotation): annotation is Extract<Annotation, { kind: Kind }> => annotation.kind === kind);
}

const isCorrected = (image: LabelledImage): boolean =>
  image.annotations.some(({ author }) => author === 'user');

/** The filter in plain words, as reference for the SQL. */
function matches(filter: ImageFilter, image: LabelledImage, tags: readonly string[]): boolean {
  return (
    (filter.datasetIds?.includes(image.datasetId) ?? true) &&
    (filter.split === undefined || image.split === filter.split) &&
    (filter.annotationKind === undefined || label(image, filter.annotationKind) !== undefined) &&
    (filter.categories?.includes(label(image, 'category')?.name ?? '') ?? true) &&
    (filter.visibleJoint === undefined ||
      label(image, 'keypoints')?.points.at(filter.visibleJoint)?.visibility === 2) &&
    (filter.tags ?? []).every((tag) => tags.includes(tag)) &&
    (filter.duplicate === undefined || (image.duplicateOf !== null) === filter.duplicate) &&
    (filter.excluded === undefined || (image.excludedReason !== null) === filter.excluded) &&
    (filter.missing === undefined || image.missing === filter.missing) &&
    (filter.corrected === undefined || isCorrected(image) === filter.corrected) &&
    (filter.imageIds?.includes(image.id) ?? true) &&
    image.path.toLowerCase().includes((filter.pathContains ?? '').toLowerCase()) &&
    Object.entries(filter.ranges ?? {}).every(([column, range]) => {
      const value = VALUE[column as NumericColumn](image);
      const { from = -Infinity, to = Infinity } = range;
      if (from === -Infinity && to === Infinity) return true;
      return typeof value === 'number' && value >= from && value <= to;
    })
  );
}

const rangeOf = (min: number, max: number): fc.Arbitrary<{ from?: number; to?: number }> =>
  fc.record(
    { from: fc.double({ min, max, noNaN: true }), to: fc.double({ min, max, noNaN: true }) },
    { requiredKeys: [] },
  );

const everyFilter = fc.record({
  datasetIds: fc.constantFrom([1], [2], [1, 2], []),
  split: fc.constantFrom('train' as const, 'test' as const),
  annotationKind: fc.constantFrom('gaze' as const, 'keypoints' as const, 'category' as const),
  categories: fc.constantFrom(['open'], ['open', 'shut'], ['none']),
  ranges: fc.record(
    {
      pitchRad: rangeOf(-0.5, 0.5),
      greyMean: rangeOf(0, 200),
      visibleJoints: rangeOf(0, 3),
      widthPx: rangeOf(40, 44),
    },
    { requiredKeys: [] },
  ),
  visibleJoint: fc.integer({ min: 0, max: 3 }),
  tags: fc.constantFrom(['keep'], ['keep', 'look again'], ['unknown']),
  duplicate: fc.boolean(),
  excluded: fc.boolean(),
  missing: fc.boolean(),
  corrected: fc.boolean(),
  imageIds: fc.constantFrom([], [3, 4, 5, 6, 250, 9999]),
  pathContains: fc.constantFrom('left', '_', '%', '\\', '-1', "'"),
});

/** Up to three conditions at once; more would hardly ever match an image. */
const filters: fc.Arbitrary<ImageFilter> = everyFilter.chain((filter) =>
  fc
    .subarray(Object.entries(filter), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries) as ImageFilter),
);

const sorts: fc.Arbitrary<ImageSort> = fc.record({
  by: fc.constantFrom(...(Object.keys(VALUE) as ImageSort['by'][])),
  descending: fc.boolean(),
});

test('count, ids and pages agree with the filter in plain words, in every order', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  library.transaction(() => fill(library));
  const everything = [...library.imageSearch.all({})];
  expect(everything).toHaveLength(300);
  const tags = new Map(everything.map(({ id }) => [id, library.tags.of(id)]));
  let matched = 0;
  fc.assert(
    fc.property(filters, sorts, fc.integer({ min: 10, max: 90 }), (filter, sort, limit) => {
      const expected = everything.filter((image) => matches(filter, image, tags.get(image.id) ?? []));
      matched += expected.length;
      expect(library.imageSearch.count(filter)).toBe(expected.length);
      expect(library.imageSearch.ids(filter)).toEqual(expected.map((image) => image.id));
      for (const by of ['id', 'path'] as const) {
        const inOrder = sorted(expected, { by }).map((image) => image.id);
        expect([...library.imageSearch.orderedIds(filter, by)]).toEqual(inOrder);
      }
      expect(library.imageSearch.tagCounts(filter)).toEqual(
        ['keep', 'look again'].flatMap((value) => {
          const count = expected.filter(({ id }) => tags.get(id)?.includes(value)).length;
          return count === 0 ? [] : [{ value, count }];
        }),
      );

      const read: LabelledImage[] = [];
      for (let after: PageCursor | null = null; ;) {
        const page = library.imageSearch.page(filter, { limit, sort, after });
        read.push(...page.images);
        if (!page.next) break;
        after = page.next;
      }
      expect(read.map((image) => image.id)).toEqual(sorted(expected, sort).map((image) => image.id));
    }),
    { numRuns: propertyRuns(100) },
  );
  expect(matched).toBeGreaterThan(1_000);
});

function sorted(images: readonly LabelledImage[], { by, descending }: ImageSort): LabelledImage[] {
  const sign = descending ? -1 : 1;
  return [...images].sort((left, right) => {
    const a = VALUE[by](left);
    const b = VALUE[by](right);
    if (a === null || b === null) {
      if (a !== null || b !== null) return a === null ? 1 : -1;
    } else if (a !== b) return a < b ? -sign : sign;
    return sign * (left.id - right.id);
  });
}

test('the role of a dataset is a filter', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  library.images.add(addDataset(library).id, [imageOf('a')]);
  expect(library.imageSearch.count({ role: 'synthetic' })).toBe(1);
  expect(library.imageSearch.count({ role: 'real' })).toBe(0);
});

test('a histogram has every value once, in its bin', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const greys = [0, 1, 9, 10, 10, 55, 99, 100];
  library.images.add(
    addDataset(library).id,
    greys.map((greyMean, index) => imageOf(`${index}`, { greyMean })),
  );
  expect(library.imageSearch.histogram('greyMean', {}, 10)).toEqual({
    from: 0,
    to: 100,
    counts: [3, 2, 0, 0, 0, 1, 0, 0, 0, 2],
    without: 0,
  });
  expect(
    library.imageSearch.histogram('greyMean', { ranges: { greyMean: { from: 10, to: 10 } } }, 4)?.counts,
  ).toEqual([2, 0, 0, 0]);
  expect(library.imageSearch.histogram('pitchRad', {}, 4)).toBeUndefined();
});

test('counts per dataset and split, whatever was done to the images', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const expectTrue = (): void => {
    const rows = library.imageSearch.counts();
    expect(rows.reduce((sum, { total }) => sum + total, 0)).toBe(library.imageSearch.count({}));
    for (const { datasetId, split, ...row } of rows) {
      const filter = { datasetIds: [datasetId], split };
      const count = (more: ImageFilter): number => library.imageSearch.count({ ...filter, ...more });
      expect(row).toEqual({
        total: count({}),
        inUse: count({ excluded: false, missing: false }),
        excluded: count({ excluded: true }),
        missing: count({ missing: true }),
        duplicates: count({ duplicate: true }),
        withGaze: count({ annotationKind: 'gaze' }),
        withKeypoints: count({ annotationKind: 'keypoints' }),
        withCategory: count({ annotationKind: 'category' }),
      });
    }
  };
  library.transaction(() => fill(library));
  expect(library.imageSearch.counts().map(({ datasetId, split }) => [datasetId, split])).toEqual([
    [1, 'train'],
    [1, 'test'],
    [2, 'train'],
    [2, 'test'],
  ]);
  expectTrue();

  const ids = library.imageSearch.ids({});
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 30 }),
      fc.nat({ max: 6 }),
      (some, what) => {
        const [first] = some;
        const present = some.filter((id) => library.images.get(id) !== undefined);
        if (what === 0) library.images.setExcluded(present, 'dark');
        else if (what === 1) library.images.setExcluded(present, null);
        else if (what === 2) library.images.setMissing(present, true);
        else if (what === 3) library.images.setMissing(present, false);
        else if (what === 4) library.images.remove(present.slice(0, 3));
        else if (library.images.get(first) === undefined) return;
        else if (what === 5) library.annotations.set(first, { kind: 'category', name: 'new' }, 'user');
        else library.annotations.set(first, gazeFromAngles(0.1, 0.2), 'user');
        expectTrue();
      },
    ),
    { numRuns: propertyRuns(60) },
  );

  library.datasets.remove(1);
  expect(library.imageSearch.counts().map(({ datasetId }) => datasetId)).not.toContain(1);
  expectTrue();
});

test('facts of images are what is known of them, in pages and by id', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  library.transaction(() => fill(library));
  const images = [...library.imageSearch.all({})];
  const { imageSearch } = library;
  const first = imageSearch.facts(0, 200);
  const facts = [...first, ...imageSearch.facts(first[199].id, 200)];
  expect(imageSearch.lastId()).toBe(images[299].id);
  expect(facts).toEqual(
    images.map((image) => ({
      id: image.id,
      datasetId: image.datasetId,
      split: image.split,
      category: label(image, 'category')?.name ?? null,
      pitchRad: VALUE.pitchRad(image),
      yawRad: VALUE.yawRad(image),
      greyMean: image.greyMean,
      greyDeviation: image.greyDeviation,
      visibleJoints: VALUE.visibleJoints(image),
      widthPx: image.widthPx,
      heightPx: image.heightPx,
      excluded: Number(image.excludedReason !== null),
      missing: Number(image.missing),
      duplicate: Number(image.duplicateOf !== null),
      corrected: Number(isCorrected(image)),
    })),
  );
  expect(imageSearch.factsOf([facts[7].id, facts[2].id, 9999])).toEqual([facts[2], facts[7]]);
});
