import type { ImageCounts } from '../../../library/image-search.ts';
import { FLAG, type ImageTable } from './image-table.ts';

const COUNTED = [
  'images',
  'inUse',
  'excluded',
  'missing',
  'duplicates',
  'withGaze',
  'withKeypoints',
  'withCategory',
] as const;

/** How many images of a dataset are what; see `datasetSchema`. */
export type DatasetCounts = Record<(typeof COUNTED)[number], number>;

export function noImages(): DatasetCounts {
  return Object.fromEntries(COUNTED.map((name) => [name, 0])) as DatasetCounts;
}

/** The library's counts of training and test images, both together, by dataset. */
export function countsOfDatasets(rows: readonly ImageCounts[]): Map<number, DatasetCounts> {
  const byDataset = new Map<number, DatasetCounts>();
  for (const { datasetId, total, ...row } of rows) {
    const part: Readonly<Partial<Record<string, number | string>>> = { ...row, images: total };
    const sum = byDataset.get(datasetId) ?? noImages();
    for (const name of COUNTED) sum[name] += Number(part[name]);
    byDataset.set(datasetId, sum);
  }
  return byDataset;
}

/** The same of the images in memory. */
export function countsOfTable({
  count,
  datasets,
  categories,
  flags,
  columns,
}: ImageTable): Map<number, DatasetCounts> {
  const byDataset = new Map<number, DatasetCounts>();
  let row = noImages();
  for (let place = 0; place < count; place++) {
    // Images of a dataset mostly stand together.
    if (place === 0 || datasets[place] !== datasets[place - 1]) {
      row = byDataset.get(datasets[place]) ?? noImages();
      byDataset.set(datasets[place], row);
    }
    const flag = flags[place];
    row.images += 1;
    row.inUse += Number((flag & (FLAG.excluded | FLAG.missing)) === 0);
    row.excluded += Number((flag & FLAG.excluded) !== 0);
    row.missing += Number((flag & FLAG.missing) !== 0);
    row.duplicates += Number((flag & FLAG.duplicate) !== 0);
    row.withGaze += Number(!Number.isNaN(columns.pitchRad[place]));
    row.withKeypoints += Number(!Number.isNaN(columns.visibleJoints[place]));
    row.withCategory += Number(categories[place] > 0);
  }
  return byDataset;
}
