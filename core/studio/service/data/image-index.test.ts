import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../../../test/support/property-settings.ts';
import { createRandom } from '../../../base/random.ts';
import { gazeFromAngles, type Annotation } from '../../../contract/annotation.ts';
import { NUMERIC_COLUMNS, type ImageFilter, type NumericColumn } from '../../../library/image-filter.ts';
import type { ImageSort } from '../../../library/image-search.ts';
import type { Library } from '../../../library/library.ts';
import { addDataset, imageOf, temporaryLibrary } from '../../../library/temporary-library.ts';
import { createImageIndex } from './image-index.ts';

const COLUMNS = Object.keys(NUMERIC_COLUMNS) as NumericColumn[];

function add(library: Library, datasetId: number, count: number, seed: number): number[] {
  const random = createRandom(seed);
  return library.images.add(
    datasetId,
    Array.from({ length: count }, (_, index) => {
      const annotations: Annotation[] = [];
      if (index % 3 > 0) annotations.push(gazeFromAngles(random.integer(9) / 10 - 0.4, random.range(-1, 1)));
      if (index % 4 === 0) annotations.push({ kind: 'category', name: `c${random.integer(12)}` });
      return imageOf(`${random.integer(1000)}-${seed}-${index}.png`, {
        content: String(random.integer(count)),
        greyMean: random.integer(20) * 10,
        greyDeviation: random.range(5, 60),
        widthPx: 40 + random.integer(4),
        split: index % 5 === 0 ? 'test' : 'train',
        annotations,
      });
    }),
  );
}

const filters: fc.Arbitrary<ImageFilter> = fc.constantFrom<ImageFilter[]>(
  {},
  { datasetIds: [1] },
  { annotationKind: 'gaze' },
  { ranges: { greyMean: { from: 50, to: 120 } } },
  { excluded: true },
  { categories: ['c1', 'c2'], missing: false },
  { imageIds: [3, 9, 200] },
  { pathContains: '7' },
  { pathContains: '7', split: 'test' },
  { split: 'train', annotationKind: 'category' },
  { role: 'real', duplicate: true },
  { tags: ['kept'], corrected: false },
  { imageIds: [200, 9, 3], excluded: false },
  { ranges: { pitchRad: { from: 0.1 }, visibleJoints: {} } },
  { ranges: { yawRad: { to: 0 } } },
  { categories: ['none'] },
);

const sorts: fc.Arbitrary<ImageSort> = fc.record({
  by: fc.constantFrom<ImageSort['by'][]>('id', 'path', ...COLUMNS),
  descending: fc.boolean(),
});

/** What the library itself says, page by page and column by column. */
function expectSame(
  library: Library,
  index: ReturnType<typeof createImageIndex>,
  filter: ImageFilter,
  sort: ImageSort,
) {
  return async (): Promise<void> => {
    const pages = library.imageSearch.page(filter, { limit: 10_000, sort }).images;
    expect([...(await index.sortedIds(filter, sort))]).toEqual(pages.map(({ id }) => id));
    const facets = await index.facets(filter, 7);
    const count = (more: ImageFilter): number => library.imageSearch.count({ ...filter, ...more });
    expect(facets).toMatchObject({ total: pages.length, duplicates: count({ duplicate: true }) });
    if (filter.corrected === undefined) expect(facets.corrected).toBe(count({ corrected: true }));
    expect(facets.histograms).toEqual(
      COLUMNS.flatMap((column) => {
        const histogram = library.imageSearch.histogram(column, filter, 7);
        return histogram ? [{ column, ...histogram }] : [];
      }),
    );
    if (filter.excluded === undefined) expect(facets.excluded).toBe(count({ excluded: true }));
    if (filter.missing === undefined) expect(facets.missing).toBe(count({ missing: true }));
    const categories = new Map<string, number>();
    for (const { annotations } of pages) {
      for (const { annotation } of annotations) {
        if (annotation.kind === 'category') {
          categories.set(annotation.name, (categories.get(annotation.name) ?? 0) + 1);
        }
      }
    }
    expect(new Map(facets.categories.map(({ value, count: images }) => [value, images]))).toEqual(categories);
  };
}

test('orders and counts as the library does, also when images came, changed and went', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const index = createImageIndex(library);
  const [a, b] = [addDataset(library, 'a').id, addDataset(library, 'b', 'real').id];
  const check = (runs: number): Promise<void> =>
    fc.assert(
      fc.asyncProperty(filters, sorts, (filter, sort) => expectSame(library, index, filter, sort)()),
      { numRuns: propertyRuns(runs) },
    );
  await check(5);

  const first = add(library, a, 150, 1);
  library.images.setExcluded(first.slice(0, 20), 'dark');
  await check(40);

  const second = add(library, b, 100, 2);
  library.tags.put('kept', [...first.slice(50, 90), ...second.slice(0, 30)]);
  await check(80);

  library.images.setExcluded([first[3], second[7]], null);
  library.images.setExcluded([second[1]], 'blurred');
  library.images.setMissing([second[2]], true);
  library.annotations.set(second[3], { kind: 'category', name: 'new' }, 'user');
  index.refresh([first[3], second[7], second[1], second[2], second[3]]);
  await check(80);

  // As a job in another process does, which tells of it when it has ended.
  library.images.setMissing([second[4]], true);
  expect([...(await index.sortedIds({ missing: true }, { by: 'id' }))]).toEqual([second[2], second[4]]);
  index.refresh([second[4]]);

  library.datasets.remove(a);
  index.invalidate();
  await check(40);
});
