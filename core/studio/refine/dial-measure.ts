import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { GREY_LEVELS_PER_UNIT, greyPlane, valuesPerImage, type ImageBatch } from '../../base/image-batch.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import { BASELINES } from '../../contract/baselines.ts';
import type { dialSchema } from '../../contract/operations/results.ts';
import { applyBaselines } from '../../evaluation/baselines.ts';
import { measureImage, type Displacement } from '../../evaluation/displacement.ts';
import { mean, median, quantile } from '../../evaluation/statistics.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { RefinedImage } from '../../library/refined-images.ts';
import type { Run } from '../../library/runs.ts';
import {
  judgeImages,
  openCheckpointNetworks,
  refineImages,
  type CheckpointNetworks,
} from '../runs/checkpoint-networks.ts';
import { driftBudgetOf } from './drift-budget.ts';
import { readRefinerOutput } from '../evaluation/evaluation-run.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import { blendImage, createBlender, DIAL_DOCUMENT, dialSettingOf, type DialSetting } from './realism-dial.ts';
import { refinedShards } from './refined-files.ts';
import { openRunPacks, type RunPacks } from '../runs/runs.ts';

export type Dial = z.infer<typeof dialSchema>;
type DialPoint = Dial['points'][number];
type JudgedLook = Omit<DialPoint, 'alpha'>;

interface DialHooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

const ALPHAS = Array.from({ length: 16 }, (_, index) => index / 10);

const BATCH_IMAGES = 32;

/** What counts for an image whose structure is not found again: it is no nearer than is looked for. */
const LOST_PX = 8;

/**
 * What x + α(R(x) − x) is worth for α from 0 to 1.5: how the discriminator judges it and how far its structure moves, on
 * images spread evenly over the set; and the same of plain filters, which the discriminator never saw. Kept with the
 * checkpoint.
 */
export async function measureDial(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  images: number,
  hooks: DialHooks,
): Promise<Dial> {
  const networks = await openCheckpointNetworks(library, run, checkpoint);
  const packs = await openRunPacks(library, run);
  try {
    const places = evenPlaces(packs.syntheticPack.count, images);
    const synthetic = await readBatch(packs.syntheticPack, places);
    const refined = await refinerOutput(library, run, checkpoint, packs, networks, places, synthetic);
    const real = await readBatch(packs.realPack, evenPlaces(packs.realPack.count, images));
    const filtered = applyBaselines(synthetic, real);
    const total = (ALPHAS.length + BASELINES.length) * places.length;
    let done = 0;
    const measure = async (changed: Float32Array): Promise<JudgedLook> => {
      const look = await measureLook(synthetic, { ...synthetic, images: changed }, networks, {
        ...hooks,
        onProgress: (of) =>
          hooks.onProgress({ done: done + of.done, total, unit: 'images', label: 'Turning the dial' }),
      });
      done += places.length;
      return look;
    };
    const points: DialPoint[] = [];
    for (const alpha of ALPHAS) {
      points.push({ alpha, ...(await measure(blendImage(synthetic.images, refined.images, alpha))) });
    }
    const baselines: Dial['baselines'] = [];
    for (const of of BASELINES) baselines.push({ of, ...(await measure(filtered[of].images)) });
    const budgetPx = driftBudgetOf(run);
    const dial = {
      runId: run.id,
      step: checkpoint.step,
      images: places.length,
      budgetPx,
      points,
      baselines,
      best: bestAlpha(points, budgetPx),
    };
    library.documents.put(DIAL_DOCUMENT, dial, { runId: run.id, step: checkpoint.step });
    return dial;
  } finally {
    networks.dispose();
    await packs.close();
  }
}

/** The α that the discriminator takes for real most, of those whose drift is in budget; null where none is. */
export function bestAlpha(points: readonly DialPoint[], budgetPx: number): number | null {
  const inBudget = points.filter(({ driftP95Px }) => driftP95Px <= budgetPx);
  if (inBudget.length === 0) return null;
  return inBudget.reduce((best, point) => (point.discriminator < best.discriminator ? point : best)).alpha;
}

async function measureLook(
  synthetic: ImageBatch,
  changed: ImageBatch,
  networks: CheckpointNetworks,
  hooks: DialHooks,
): Promise<JudgedLook> {
  const probabilities: number[] = [];
  const drifts: number[] = [];
  let change = 0;
  for (let start = 0; start < changed.count; start += BATCH_IMAGES) {
    hooks.signal.throwIfAborted();
    const [before, after] = [synthetic, changed].map((batch) => slice(batch, start, BATCH_IMAGES));
    for (const value of (await judgeImages(networks, after)).values) probabilities.push(value);
    for (const reading of readImages(before, after)) {
      if (reading.moved.kind === 'measured') drifts.push(reading.moved.driftPx);
      if (reading.moved.kind === 'not-found-again') drifts.push(LOST_PX);
      change += reading.meanAbsChange / changed.count;
    }
    hooks.onProgress({ done: start + after.count, total: changed.count, unit: 'images', label: '' });
  }
  return {
    discriminator: mean(probabilities),
    foolsShare: probabilities.filter((value) => value < 0.5).length / probabilities.length,
    driftMedianPx: drifts.length === 0 ? 0 : median(drifts),
    driftP95Px: drifts.length === 0 ? 0 : quantile(drifts, 0.95),
    changeGrey: change,
  };
}

/**
 * Measures all refined images of a checkpoint again as its dial has them: change, judgement and drift take the places of
 * what was measured at another α.
 */
export async function renewMeasures(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  hooks: DialHooks,
): Promise<number> {
  const networks = await openCheckpointNetworks(library, run, checkpoint);
  const packs = await openRunPacks(library, run);
  const setting = dialSettingOf(library, run.id, checkpoint.step);
  const blend = createBlender(library, run, checkpoint.step, setting);
  const { count } = packs.syntheticPack;
  try {
    const shards = refinedShards(library, run, checkpoint.step, count, { isPartial: true });
    for await (const { pack, start } of shards) {
      for (let inPack = 0; inPack < pack.count; inPack += BATCH_IMAGES) {
        hooks.signal.throwIfAborted();
        const length = Math.min(BATCH_IMAGES, pack.count - inPack);
        const places = Int32Array.from({ length }, (_, index) => inPack + index);
        const output = await readBatch(pack, places);
        const synthetic = await readBatch(
          packs.syntheticPack,
          places.map((place) => start + place),
        );
        const ids = [...places].map((place) => packs.imageIds[start + place]);
        const blended = blend(ids, synthetic, output);
        await renewBatch(library, run, checkpoint, networks, { ids, synthetic, blended, setting });
        const done = start + inPack + length;
        hooks.onProgress({ done, total: count, unit: 'images', label: 'Measuring again' });
      }
    }
    return count;
  } finally {
    networks.dispose();
    await packs.close();
  }
}

async function renewBatch(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  networks: CheckpointNetworks,
  batch: {
    readonly ids: readonly number[];
    readonly synthetic: ImageBatch;
    readonly blended: ImageBatch;
    readonly setting: DialSetting;
  },
): Promise<void> {
  const { ids, synthetic, blended, setting } = batch;
  const judged = await judgeImages(networks, blended);
  const patches = judged.height * judged.width;
  const readings = readImages(synthetic, blended);
  const { step } = checkpoint;
  // In one transaction with the look at the dial: what was measured at another setting must never count for this one.
  library.transaction(() => {
    if (!isDeepStrictEqual(dialSettingOf(library, run.id, step), setting)) throw setAnew();
    const before = new Map(
      library.refinedImages.getMany(run.id, step, ids).map((image) => [image.imageId, image]),
    );
    const records = ids.flatMap((id, index): RefinedImage[] => {
      const image = before.get(id);
      if (!image) return [];
      const { meanAbsChange, moved } = readings[index];
      return [
        {
          ...image,
          meanAbsChange,
          discriminatorScore: mean(judged.values.subarray(index * patches, (index + 1) * patches)),
          driftPx: moved.kind === 'measured' ? moved.driftPx : null,
        },
      ];
    });
    library.refinedImages.record(run.id, step, records);
  });
}

function setAnew(): StudioError {
  return new StudioError('cancelled', 'The dial was set anew while its images were measured.', {
    remedy: 'They are measured again as it is set now.',
  });
}

/** R(x): as it was refined where it is on disk, else through the network. */
async function refinerOutput(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  { syntheticPack }: RunPacks,
  networks: CheckpointNetworks,
  places: Int32Array,
  synthetic: ImageBatch,
): Promise<ImageBatch> {
  if (library.refinedImages.count(run.id, checkpoint.step) >= syntheticPack.count) {
    return await readRefinerOutput(library, run, checkpoint.step, places, synthetic);
  }
  const images = new Float32Array(synthetic.images.length);
  for (let start = 0; start < synthetic.count; start += BATCH_IMAGES) {
    const part = await refineImages(networks, slice(synthetic, start, BATCH_IMAGES));
    images.set(part.images, start * valuesPerImage(synthetic));
  }
  return { ...synthetic, images };
}

/** Change and drift of each image. */
function readImages(
  before: ImageBatch,
  after: ImageBatch,
): { readonly meanAbsChange: number; readonly moved: Displacement }[] {
  const size = valuesPerImage(before);
  return Array.from({ length: before.count }, (_, index) => {
    let change = 0;
    for (let place = index * size; place < (index + 1) * size; place++) {
      change += Math.abs(after.images[place] - before.images[place]);
    }
    const planeOf = (batch: ImageBatch) => ({ ...batch, values: greyPlane(batch, index) });
    return {
      meanAbsChange: (change / size) * GREY_LEVELS_PER_UNIT,
      moved: measureImage(planeOf(before), planeOf(after)),
    };
  });
}

function slice(batch: ImageBatch, start: number, most: number): ImageBatch {
  const count = Math.min(most, batch.count - start);
  const size = valuesPerImage(batch);
  return { ...batch, count, images: batch.images.subarray(start * size, (start + count) * size) };
}
