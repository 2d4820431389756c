import { existsSync } from 'node:fs';
import { GREY_LEVELS_PER_UNIT, valuesPerImage, type ImageBatch } from '../../base/image-batch.ts';
import { mapOrdered } from '../../base/map-ordered.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { removeTemporaryFiles } from '../../base/temporary-files.ts';
import { sha256OfPixels } from '../../datasets/pixels/hash.ts';
import { fromSigned, fullScaleOf } from '../../datasets/pixels/normalise.ts';
import { createPackWriter, type Pack } from '../../datasets/pixels/pack.ts';
import type { Tripwire } from '../../estimators/label-tripwire.ts';
import { openDriftThread, type Drifts, type DriftThread } from '../../evaluation/drift-thread.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { RefinedImage } from '../../library/refined-images.ts';
import type { Run } from '../../library/runs.ts';
import { refineBatch } from '../../simgan/refine.ts';
import { judgeImages, openCheckpointNetworks, type CheckpointNetworks } from '../runs/checkpoint-networks.ts';
import { createLabelReadings } from './label-readings.ts';
import { readBatch } from '../data/pack-samples.ts';
import {
  createBlender,
  dialSettingOf,
  isFullRefinement,
  type Blender,
  type DialSetting,
} from './realism-dial.ts';
import { refinedFolder, SHARD_IMAGES, shardPath, storedShardPath } from './refined-files.ts';
import { openLabelNet } from '../training/run-inspector.ts';
import { openRunPacks } from '../runs/runs.ts';

/** Small enough that what passes between two layers stays in the caches of a processor. */
const BATCH_IMAGES = 16;
/** Of one batch the drift is measured while the next goes through the networks. */
const BATCHES_AT_ONCE = 2;

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
  const drift = openDriftThread();
  const tools = {
    networks,
    labelNet,
    blend: createBlender(library, run, checkpoint.step, dial),
    dial,
    drift,
  };
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
    await drift.close();
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
  readonly drift: DriftThread;
}

async function refineShard(
  tools: RefiningTools,
  pack: Pack,
  places: Int32Array,
  imageIds: readonly number[],
  path: string,
  onBatch: (done: number) => void,
): Promise<Omit<RefinedImage, 'path'>[]> {
  const { preprocessing } = pack;
  const writer = await createPackWriter(path, { preprocessing });
  const records: Omit<RefinedImage, 'path'>[] = [];
  const readings = createLabelReadings();
  try {
    const batches = mapOrdered(startsOf(places), BATCHES_AT_ONCE, (start) => {
      const end = start + BATCH_IMAGES;
      return measureBatch(tools, pack, places.subarray(start, end), imageIds.slice(start, end));
    });
    for await (const measured of batches) {
      const { ids, original, output, result, patchMaps, drifts, labels } = measured;
      if (labels) readings.add(...labels);
      const size = valuesPerImage(original);
      const patches = patchMaps.length / ids.length;
      for (let index = 0; index < ids.length; index++) {
        const part = ({ images }: ImageBatch) => images.subarray(index * size, (index + 1) * size);
        const pixels = fromSigned(part(output), fullScaleOf(preprocessing), preprocessing.bitDepth);
        await writer.append(pixels);
        records.push({
          imageId: ids[index],
          meanAbsChange: meanAbsDifference(part(original), part(result)) * GREY_LEVELS_PER_UNIT,
          discriminatorScore: mean(patchMaps.subarray(index * patches, (index + 1) * patches)),
          driftPx: drifts[index],
          sha256: sha256OfPixels(pixels),
          alpha: tools.dial.alpha,
        });
      }
      onBatch(records.length);
    }
    // Before the pack, whose being there says that the shard is done.
    await readings.write(path, places.length);
    await writer.finish();
    return records;
  } finally {
    await writer.abort();
  }
}

/** A batch with all that is known of it. */
interface MeasuredBatch {
  readonly ids: readonly number[];
  readonly original: ImageBatch;
  /** As it came out of the refiner. */
  readonly output: ImageBatch;
  /** What the dial made of it, which is what is measured. */
  readonly result: ImageBatch;
  readonly patchMaps: Float32Array;
  /** Null where the label could not be checked. */
  readonly drifts: Drifts;
  /** Points that the label net reads before and after; undefined where there is none. */
  readonly labels: readonly [before: Float32Array, after: Float32Array] | undefined;
}

async function measureBatch(
  { networks, labelNet, blend, dial, drift }: RefiningTools,
  pack: Pack,
  places: Int32Array,
  ids: readonly number[],
): Promise<MeasuredBatch> {
  const original = await readBatch(pack, places);
  const { refined, patchMaps: asRefined } = await refineBatch(networks, original.images);
  const output = { ...original, images: refined };
  const result = blend(ids, original, output);
  const measuring = drift.measure(original, result);
  // Told of when it is awaited; what fails before must not leave it unheard.
  measuring.catch(() => undefined);
  const patchMaps = isFullRefinement(dial) ? asRefined : (await judgeImages(networks, result)).values;
  const labels =
    labelNet?.unit === 'px'
      ? ([await labelNet.predict(original), await labelNet.predict(result)] as const)
      : undefined;
  return { ids, original, output, result, patchMaps, drifts: await measuring, labels };
}

function* startsOf(places: Int32Array): Generator<number> {
  for (let start = 0; start < places.length; start += BATCH_IMAGES) yield start;
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
