import type { ImageBatch } from '../../../base/image-batch.ts';
import { StudioError } from '../../../base/studio-error.ts';
import type { TrainingConfig } from '../../../contract/training-config.ts';
import type { Checkpoint } from '../../../library/checkpoints.ts';
import type { Library } from '../../../library/library.ts';
import type { Run } from '../../../library/runs.ts';
import type { CheckpointNetworks, PatchMaps } from '../../runs/checkpoint-networks.ts';

/**
 * The networks of checkpoints for looking at single images, in the studio's own process: the engine's worker may be
 * training for hours. They compute on one thread of the embedded engine, one image at a time, which is milliseconds for
 * an eye. TensorFlow.js is loaded when the first is asked for: most of the time nobody looks.
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

/** Multiplications of the refiner for one image. */
function refinerMultiplications({
  heightPx,
  widthPx,
  channels,
  refinerFeatures: features,
  refinerBlocks,
  refinerKernelPx,
}: TrainingConfig): number {
  const perPixel =
    refinerKernelPx ** 2 * features * (channels + 2 * refinerBlocks * features) + features * channels;
  return perPixel * heightPx * widthPx;
}

export function createInspectionNetworks(): InspectionNetworks {
  let computing: Promise<Computing> | undefined;
  const kept = new Map<string, CheckpointNetworks>();
  let turn: Promise<unknown> = Promise.resolve();

  const begun = (): Promise<Computing> => {
    computing ??= begin().catch((error: unknown) => {
      computing = undefined;
      throw error;
    });
    return computing;
  };
  const load = async (library: Library, run: Run, checkpoint: Checkpoint): Promise<CheckpointNetworks> => {
    const key = `${library.folder}:${run.id}:${checkpoint.step}:${checkpoint.sha256}`;
    const known = kept.get(key);
    if (known) return known;
    const { openCheckpointNetworks } = await begun();
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
        return await (await begun()).refineImages(networks, image);
      }),
    judge: (library, run, checkpoint, image) =>
      inTurn(async () => {
        const networks = await load(library, run, checkpoint);
        return await (await begun()).judgeImages(networks, image);
      }),
  };
}

type Computing = Pick<
  typeof import('../../runs/checkpoint-networks.ts'),
  'openCheckpointNetworks' | 'refineImages' | 'judgeImages'
>;

/** Loads TensorFlow.js and opens the embedded engine. */
async function begin(): Promise<Computing> {
  const { openEngine } = await import('../../../engine/engine.ts');
  await openEngine('wasm', { threads: 1 });
  return await import('../../runs/checkpoint-networks.ts');
}

function tooSlow(run: Run, { step }: Checkpoint): StudioError {
  return new StudioError('not-found', `Step ${step} of ${run.name} has not refined this image.`, {
    remedy: 'Refine the dataset with it; a network of this size is too slow for single images here.',
    details: { runId: run.id, step },
  });
}
