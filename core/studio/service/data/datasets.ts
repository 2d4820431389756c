import { existsSync } from 'node:fs';
import { StudioError } from '../../../base/studio-error.ts';
import { healthSchema, mapPointsSchema } from '../../../contract/operations/datasets.ts';
import type { Dataset } from '../../../library/datasets.ts';
import type { Library } from '../../../library/library.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { requireWithinRoots } from '../system/roots.ts';
import type { DataState } from './data-state.ts';
import { countsOfDatasets, noImages } from './dataset-counts.ts';
import { mustGetImage } from './images.ts';
import { relinkDataset } from './relink.ts';

export function datasetHandlers(
  { library, jobs, publish, shell }: Pick<StudioContext, 'library' | 'jobs' | 'publish' | 'shell'>,
  { invalidate }: Pick<DataState, 'invalidate'>,
): HandlersOf<'datasets'> {
  const check = (dataset: Dataset): number =>
    jobs.start({
      kind: 'check-files',
      title: `Looking for the files of ${dataset.name}`,
      lane: 'data',
      input: { datasetId: dataset.id },
    }).id;
  return {
    datasets: {
      list() {
        const { datasets, imageSearch } = library();
        const counts = countsOfDatasets(imageSearch.counts());
        return datasets.list().map(({ importOptions: _options, ...dataset }) => {
          const own = counts.get(dataset.id) ?? noImages();
          return { ...dataset, isReachable: existsSync(dataset.rootPath), ...own };
        });
      },
      rename({ id, name }) {
        library().datasets.rename(id, name);
        publish({ type: 'data', what: 'datasets' });
        return {};
      },
      remove({ id }) {
        library().datasets.remove(id);
        invalidate();
        publish({ type: 'data', what: 'datasets' });
        publish({ type: 'data', what: 'images' });
        return {};
      },
      check: ({ id }) => ({ jobId: check(mustGetDataset(library(), id)) }),
      async relink({ id, imageId, path }) {
        const dataset = mustGetDataset(library(), id);
        const image = mustGetImage(library(), imageId);
        if (image.datasetId !== id) {
          throw new StudioError(
            'bad-usage',
            `The image ${image.path} is not of the dataset "${dataset.name}".`,
            {
              remedy: 'Point at an image of the dataset that was moved.',
            },
          );
        }
        const relinked = await relinkDataset(library(), id, image, requireWithinRoots(shell, path));
        publish({ type: 'data', what: 'datasets' });
        check(dataset);
        return relinked;
      },
      measureHealth: () => ({
        jobId: jobs.start({ kind: 'health', title: 'Comparing the domains', lane: 'data', input: {} }).id,
      }),
      // One that an older program made otherwise is made anew.
      health: () => healthSchema.safeParse(library().documents.get('health')?.content).data ?? null,
      makeMap: (input) => ({
        jobId: jobs.start({ kind: 'map', title: 'Making the map', lane: 'data', input }).id,
      }),
      map: () => mapPointsSchema.safeParse(library().documents.get('map')?.content).data ?? null,
    },
  };
}

function mustGetDataset(library: Library, id: number): Dataset {
  const dataset = library.datasets.get(id);
  if (dataset) return dataset;
  throw new StudioError('not-found', `There is no dataset ${id} in this library.`, {
    remedy: 'List the datasets again: it may have been removed.',
    details: { datasetId: id },
  });
}
