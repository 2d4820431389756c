import { existsSync } from 'node:fs';
import { GREY_LEVELS_PER_UNIT, greyPlane, type ImageBatch } from '../base/image-batch.ts';
import type { ProgressListener } from '../base/progress.ts';
import { removeTemporaryFiles } from '../base/temporary-files.ts';
import { sha256OfPixels } from '../datasets/pixels/hash.ts';
import { fromSigned, fullScaleOf } from '../datasets/pixels/normalise.ts';
import { createPackWriter, type Pack } from '../datasets/pixels/pack.ts';
import type { Tripwire } from '../estimators/label-tripwire.ts';
import { measureImage, type Displacement } from '../evaluation/displacement.ts';
import type { Checkpoint } from '../library/checkpoints.ts';
import type { Library } from '../library/library.ts';
import type { RefinedImage } from '../library/refined-images.ts';
import type { Run } from '../library/runs.ts';
import { refineBatch } from '../simgan/refine.ts';
import { judgeImages, openCheckpointNetworks, type CheckpointNetworks } from './checkpoint-networks.ts';
import { createLabelReadings } from './label-readings.ts';
import {
  createBlender,
  dialSettingOf,
  isFullRefinement,
  type Blender,
  type DialSetting,
} from './realism-dial.ts';
import { refinedFolder, SHARD_IMAGES, shardPath, storedShardPath } from './refined-files.ts';
import { openLabelNet } from './run-inspector.ts';
import { openRunPacks } from './runs.ts';

const BATCH_IMAGES = 64;

export interface RefinementResult {
  readonly count: number;
  /** Of `count`, those that an earlier refinement had finished. */
  readonly alreadyDone: number;
  readonly step: number;
  readonly outcome: 'done' | 'cancelled';
}

/**
 * Refines the whole synthetic dataset of a run through one checkpoint: packs of refined images at the bit depth of the
 * training pack under `refined/<step>` in the run's folder, and for every image a record of how much it changed, how the discriminator
 * judges it, and how far its structure moved. Interrupted, it goes on with the first pack that is not finished.
 */
export async function refineRun(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  hooks: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<RefinementResult> {
  const { syntheticPack: pack, imageIds, close } = await openRunPacks(library, run);
  const networks = await openCheckpointNetworks(library, run, checkpoint).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const result = { count: 0, alreadyDone: 0, step: checkpoint.step };
  const labelNet = await openLabelNet(library, run);
  const dial = dialSettingOf(library, run.id, checkpoint.step);
  const tools = { networks, labelNet, blend: createBlender(library, run, checkpoint.step, dial), dial };
  try {
    await removeTemporaryFiles(refinedFolder(library, run, checkpoint.step));
    for (let start = 0; start < pack.count; start += SHARD_IMAGES) {
      const places = range(start, Math.min(start + SHARD_IMAGES, pack.count));
      const ids = [...places].map((place) => imageIds[place]);
      const path = shardPath(library, run, checkpoint.step, start);
      const done =
        existsSync(path) && library.refinedImages.done(run.id, checkpoint.step, ids).size === ids.length;
      if (!done) {
        const records = await refineShard(tools, pack, places, ids, path, (inShard) => {
          hooks.signal.throwIfAborted();
          hooks.onProgress({ done: start + inShard, total: pack.count, unit: 'images', label: 'Refining' });
        });
        const stored = storedShardPath(run, checkpoint.step, start);
        library.refinedImages.record(
          run.id,
          checkpoint.step,
          records.map((record) => ({ ...record, path: stored })),
        );
      } else {
        result.alreadyDone += places.length;
      }
      result.count += places.length;
      hooks.onProgress({ done: start + places.length, total: pack.count, unit: 'images', label: 'Refining' });
    }
    return { ...result, outcome: 'done' };
  } catch (error) {
    if (!hooks.signal.aborted) throw error;
    return { ...result, outcome: 'cancelled' };
  } finally {
    networks.dispose();
    labelNet?.dispose();
    await close();
  }
}

/** What a shard is made and measured with. */
interface RefiningTools {
  readonly networks: Pick<CheckpointNetworks, 'config' | 'refiner' | 'discriminator'>;
  readonly labelNet: Tripwire | undefined;
  /** What the dial of the checkpoint makes of refined images is what is measured; the pack holds what it is made of. */
  readonly blend: Blender;
  readonly dial: DialSetting;
}

async function refineShard(
  { networks, labelNet, blend, dial }: RefiningTools,
  pack: Pack,
  places: Int32Array,
  imageIds: readonly number[],
  path: string,
  onBatch: (done: number) => void,
): Promise<Omit<RefinedImage, 'path'>[]> {
  const { preprocessing } = pack;
  const valuesPerImage = pack.widthPx * pack.heightPx * pack.channels;
  const writer = await createPackWriter(path, { preprocessing });
  const records: Omit<RefinedImage, 'path'>[] = [];
  const readings = createLabelReadings();
  try {
    for (let start = 0; start < places.length; start += BATCH_IMAGES) {
      const batch = places.subarray(start, start + BATCH_IMAGES);
      const images = new Float32Array(batch.length * valuesPerImage);
      await pack.readImages(batch, images);
      const { refined, patchMaps: asRefined } = await refineBatch(networks, images);
      const { heightPx, widthPx, channels } = pack;
      const original = { images, count: batch.length, heightPx, widthPx, channels };
      const ids = imageIds.slice(start, start + batch.length);
      const result = blend(ids, original, { ...original, images: refined });
      const patchMaps = isFullRefinement(dial) ? asRefined : (await judgeImages(networks, result)).values;
      if (labelNet?.unit === 'px') {
        readings.add(await labelNet.predict(original), await labelNet.predict(result));
      }
      const patches = patchMaps.length / batch.length;
      for (let index = 0; index < batch.length; index++) {
        const from = index * valuesPerImage;
        const before = images.subarray(from, from + valuesPerImage);
        const after = result.images.subarray(from, from + valuesPerImage);
        const output = refined.subarray(from, from + valuesPerImage);
        const pixels = fromSigned(output, fullScaleOf(preprocessing), preprocessing.bitDepth);
        await writer.append(pixels);
        records.push({
          imageId: ids[index],
          meanAbsChange: meanAbsDifference(before, after) * GREY_LEVELS_PER_UNIT,
          discriminatorScore: mean(patchMaps.subarray(index * patches, (index + 1) * patches)),
          driftPx: driftOf(measureImage(planeOf(original, index), planeOf(result, index))),
          sha256: sha256OfPixels(pixels),
          alpha: dial.alpha,
        });
      }
      onBatch(start + batch.length);
    }
    // Before the pack, whose being there says that the shard is done.
    await readings.write(path, places.length);
    await writer.finish();
    return records;
  } finally {
    await writer.abort();
  }
}

function planeOf(batch: ImageBatch, index: number) {
  return { values: greyPlane(batch, index), heightPx: batch.heightPx, widthPx: batch.widthPx };
}

/** Null where the picture shows no structure, or none that is found again: its label could not be checked. */
function driftOf(displacement: Displacement): number | null {
  return displacement.kind === 'measured' ? displacement.driftPx : null;
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, index) => from + index);
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanAbsDifference(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += Math.abs(left[index] - right[index]);
  return sum / left.length;
}
