import type { ImageBatch } from '../../base/image-batch.ts';
import { openPack } from '../../datasets/pixels/pack.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import { ensurePack, type PackOptions } from '../data/packs.ts';
import { preprocessingOf } from '../runs/runs.ts';

export interface HeldOutImages {
  readonly batch: ImageBatch;
  readonly imageIds: readonly number[];
}

/** Real images that a run is not trained on, at most so many; undefined where there are fewer than needed. */
export async function readHeldOut(
  library: Library,
  run: Run,
  { fewest, most }: { readonly fewest: number; readonly most: number },
  options: PackOptions,
): Promise<HeldOutImages | undefined> {
  const trained = run.realPackId === null ? undefined : library.packs.get(run.realPackId);
  const dataset = trained && library.datasets.get(trained.datasetId);
  if (trained?.split !== 'train' || !dataset) return undefined;
  const usable = library.imageSearch
    .counts()
    .find(({ datasetId, split }) => datasetId === dataset.id && split === 'test');
  if (!usable || usable.inUse < fewest) return undefined;
  const { pack } = await ensurePack(library, dataset, 'test', preprocessingOf(library, run), options);
  const opened = await openPack(library.packPath(pack.id));
  try {
    const places = evenPlaces(opened.count, most);
    const imageIds = library.packs.imageIds(pack.id);
    return { batch: await readBatch(opened, places), imageIds: [...places].map((place) => imageIds[place]) };
  } finally {
    await opened.close();
  }
}
