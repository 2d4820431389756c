import type { ImageCounts } from '../../../library/image-search.ts';

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
