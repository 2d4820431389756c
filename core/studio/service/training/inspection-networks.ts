import type { ImageBatch } from '../../../base/image-batch.ts';
import { StudioError } from '../../../base/studio-error.ts';
import type { TrainingConfig } from '../../../contract/training-config.ts';
import { openEngine, type Engine } from '../../../engine/engine.ts';
import type { Checkpoint } from '../../../library/checkpoints.ts';
import type { Library } from '../../../library/library.ts';
import type { Run } from '../../../library/runs.ts';
import {
  judgeImages,
  openCheckpointNetworks,
  refineImages,
  refinerMultiplications,
  type CheckpointNetworks,
  type PatchMaps,
} from '../../checkpoint-networks.ts';

/**
 * The networks of checkpoints for looking at single images, in the studio's own process: the engine's worker may be
 * training for hours. They compute on one thread of the embedded engine, one image at a time, which is milliseconds for
 * an eye.
 */
export interface InspectionNetworks {
  /** @throws StudioError 'not-found' for a refiner that would take too long */
  refine(library: Library, run: Run, checkpoint: Checkpoint, image: ImageBatch): Promise<ImageBatch>;
  judge(library: Library, run: Run, checkpoint: Checkpoint, image: ImageBatch): Promise<PatchMaps>;
}

const KEPT = 2;

/** About a second. */
const MOST_MULTIPLICATIONS = 2e9;

/** Whether a single image is refined in a second or so on one thread. */
export function isQuickToRefine(config: TrainingConfig): boolean {
  return refinerMultiplications(config) <= MOST_MULTIPLICATIONS;
}

export function createInspectionNetworks(): InspectionNetworks {
  let engine: Promise<Engine> | undefined;
  const kept = new Map<string, CheckpointNetworks>();
  let turn: Promise<unknown> = Promise.resolve();

  const load = async (library: Library, run: Run, checkpoint: Checkpoint): Promise<CheckpointNetworks> => {
    const key = `${library.folder}:${run.id}:${checkpoint.step}:${checkpoint.sha256}`;
    const known = kept.get(key);
    if (known) return known;
    engine ??= openEngine('wasm', { threads: 1 });
    try {
      await engine;
    } catch (error) {
      engine = undefined;
      throw error;
    }
    const networks = await openCheckpointNetworks(library, run, checkpoint);
    kept.set(key, networks);
    const [oldestKey, oldest] = [...kept][0];
    if (kept.size > KEPT) {
      kept.delete(oldestKey);
      oldest.dispose();
    }
    return networks;
  };
  /** One after the other, so that networks are not let go of while they compute. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    refine: (library, run, checkpoint, image) =>
      inTurn(async () => {
        const networks = await load(library, run, checkpoint);
        if (!isQuickToRefine(networks.config)) throw tooSlow(run, checkpoint);
        return await refineImages(networks, image);
      }),
    judge: (library, run, checkpoint, image) =>
      inTurn(async () => await judgeImages(await load(library, run, checkpoint), image)),
  };
}

function tooSlow(run: Run, { step }: Checkpoint): StudioError {
  return new StudioError('not-found', `Step ${step} of ${run.name} has not refined this image.`, {
    remedy: 'Refine the dataset with it; a network of this size is too slow for single images here.',
    details: { runId: run.id, step },
  });
}
