import type { z } from 'zod';
import type { ImageBatch } from '../../base/image-batch.ts';
import { StudioError } from '../../base/studio-error.ts';
import type { askSchema } from '../../contract/operations/results.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import { lookOfPatch } from '../../evaluation/patch-look.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { discriminatorMap } from '../../simgan/discriminator-map.ts';
import { fieldBox, receptiveField } from '../../simgan/receptive-field.ts';
import {
  openCheckpointNetworks,
  refineImages,
  type CheckpointNetworks,
} from '../runs/checkpoint-networks.ts';
import { readRefinerOutput } from '../evaluation/evaluation-run.ts';
import { featuresAt, likePatches, type AskHooks, type Cell } from './like-patches.ts';
import { readBatch } from '../data/pack-samples.ts';
import { cutOut, judgePatch, stepTowardReal, tryEdits } from './patch-judgement.ts';
import { openRunPacks, type RunPacks } from '../runs/runs.ts';

/**
 * Why does the discriminator take a patch of a refined image for refined? Three answers:
 *
 * - the real and synthetic patches most like it in the discriminator's own eyes (distance of the features that its last
 *   layer judges by, each on the scale of its deviation), and how light, contrast, grain and edges differ from theirs;
 * - what each small edit with a name (lighter, softer, more grain, …) does to its judgement, measured, not guessed;
 * - what one gradient step on the pixels toward "real" changes, and how much of that has a name at all.
 *
 * @throws StudioError 'bad-usage' for a cell that is not in the map, 'not-found' for an image that the run does not have
 */
export async function askDiscriminator(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  imageId: number,
  cell: Cell,
  hooks: AskHooks,
): Promise<z.infer<typeof askSchema>> {
  const networks = await openCheckpointNetworks(library, run, checkpoint);
  const packs = await openRunPacks(library, run);
  try {
    const { config } = networks;
    refuseOutside(config, cell);
    const image = await refinedImage(library, run, checkpoint, packs, networks, imageId);
    const box = fieldBox(receptiveField(config), cell, config);
    const like = { wanted: await featuresAt(networks, image, cell), box, imageId };
    const synthetic = await likePatches(networks, packs.syntheticPack, packs.imageIds, like, hooks);
    const real = await likePatches(networks, packs.realPack, packs.realImageIds, like, hooks);
    const patch = { networks, image, cell, box };
    const [before] = await judgePatch(patch, image);
    return {
      box,
      probability: before.probability,
      wholeProbability: before.wholeProbability,
      real: real.patches,
      synthetic: synthetic.patches,
      looks: { patch: lookOfPatch(cutOut(image, 0, box)), real: real.look, synthetic: synthetic.look },
      edits: await tryEdits(patch, before),
      step: await stepTowardReal(patch),
    };
  } finally {
    networks.dispose();
    await packs.close();
  }
}

function refuseOutside(config: TrainingConfig, { column, row }: Cell): void {
  const { width, height } = discriminatorMap(config).output;
  if (column < width && row < height) return;
  throw new StudioError(
    'bad-usage',
    `The map has ${width}×${height} patches; there is none at ${column}, ${row}.`,
    {
      remedy: 'Choose a patch of the map.',
    },
  );
}

async function refinedImage(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  { syntheticPack, imageIds }: RunPacks,
  networks: CheckpointNetworks,
  imageId: number,
): Promise<ImageBatch> {
  const place = imageIds.indexOf(imageId);
  if (place < 0) {
    throw new StudioError('not-found', `${run.name} was not trained with image ${imageId}.`, {
      remedy: 'Choose an image of its synthetic dataset.',
    });
  }
  const places = Int32Array.of(place);
  const synthetic = await readBatch(syntheticPack, places);
  return library.refinedImages.count(run.id, checkpoint.step) >= syntheticPack.count
    ? await readRefinerOutput(library, run, checkpoint.step, places, synthetic)
    : await refineImages(networks, synthetic);
}
