import { existsSync } from 'node:fs';
import type { ImageBatch } from '../../../base/image-batch.ts';
import { StudioError } from '../../../base/studio-error.ts';
import { openPack } from '../../../datasets/pixels/pack.ts';
import type { Checkpoint } from '../../../library/checkpoints.ts';
import type { Library } from '../../../library/library.ts';
import type { Run } from '../../../library/runs.ts';
import { readBatch } from '../../data/pack-samples.ts';
import { createBlender, type DialSetting } from '../../refine/realism-dial.ts';
import { refinedPlace } from '../../refine/refined-files.ts';
import type { InspectionNetworks } from './inspection-networks.ts';
import type { PackPlaces } from './pack-places.ts';

/** Single images of a run as its networks see them, [1, h, w, c]. */
export interface RunImages {
  /** @throws StudioError 'not-found' for an image that is in neither pack of the run */
  prepared(library: Library, run: Run, imageId: number): Promise<ImageBatch>;
  synthetic(library: Library, run: Run, imageId: number): Promise<ImageBatch>;
  /** From what was refined where that is on disk, else through the network. */
  refined(library: Library, run: Run, checkpoint: Checkpoint, imageId: number): Promise<ImageBatch>;
  /** x + α(R(x) − x), the pupil left as it was or not. */
  dialled(
    library: Library,
    run: Run,
    checkpoint: Checkpoint,
    imageId: number,
    dial: DialSetting,
  ): Promise<ImageBatch>;
}

export function createRunImages(placeOf: PackPlaces, networks: InspectionNetworks): RunImages {
  const find = (library: Library, packId: number | null, imageId: number) => {
    const place = packId === null ? undefined : placeOf(library, packId, imageId);
    return packId === null || place === undefined ? undefined : { packId, place };
  };
  const synthetic = async (library: Library, run: Run, imageId: number): Promise<ImageBatch> => {
    const found = find(library, run.syntheticPackId, imageId);
    if (!found) throw notPrepared(run, imageId);
    return await readOne(library.packPath(found.packId), found.place);
  };
  const refined: RunImages['refined'] = async (library, run, checkpoint, imageId) => {
    const found = find(library, run.syntheticPackId, imageId);
    if (!found) throw notPrepared(run, imageId);
    const { path, placeInPack } = refinedPlace(library, run, checkpoint.step, found.place);
    if (existsSync(path)) return await readOne(path, placeInPack);
    return await networks.refine(library, run, checkpoint, await synthetic(library, run, imageId));
  };
  return {
    async prepared(library, run, imageId) {
      const found = find(library, run.syntheticPackId, imageId) ?? find(library, run.realPackId, imageId);
      if (!found) throw notPrepared(run, imageId);
      return await readOne(library.packPath(found.packId), found.place);
    },
    synthetic,
    refined,
    async dialled(library, run, checkpoint, imageId, dial) {
      const blend = createBlender(library, run, checkpoint.step, dial);
      const made = await refined(library, run, checkpoint, imageId);
      return blend([imageId], await synthetic(library, run, imageId), made);
    },
  };
}

async function readOne(path: string, place: number): Promise<ImageBatch> {
  // Without a budget only the header is read, and then this image.
  const pack = await openPack(path, { memoryBudgetBytes: 0 });
  try {
    return await readBatch(pack, Int32Array.of(place));
  } finally {
    await pack.close();
  }
}

function notPrepared(run: Run, imageId: number): StudioError {
  return new StudioError('not-found', `${run.name} was not trained with image ${imageId}.`, {
    remedy: 'Choose an image of its datasets.',
    details: { runId: run.id, imageId },
  });
}
