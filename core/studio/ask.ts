import * as tf from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { GREY_LEVELS_PER_UNIT, greyPlane, type ImageBatch } from '../base/image-batch.ts';
import type { ProgressListener } from '../base/progress.ts';
import { StudioError } from '../base/studio-error.ts';
import type { askSchema } from '../contract/operations/results.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import type { Pack } from '../datasets/pixels/pack.ts';
import { adviseChange, lookOfPatch } from '../evaluation/patch-advice.ts';
import type { Plane } from '../evaluation/plane.ts';
import type { Checkpoint } from '../library/checkpoints.ts';
import type { Library } from '../library/library.ts';
import type { Run } from '../library/runs.ts';
import { discriminatorMap } from '../simgan/discriminator-map.ts';
import { patchCrossEntropy } from '../simgan/losses.ts';
import { fieldBox, receptiveField } from '../simgan/receptive-field.ts';
import {
  judgeImages,
  openCheckpointNetworks,
  refineImages,
  tensorOf,
  valuesOf,
  type CheckpointNetworks,
} from './checkpoint-networks.ts';
import { readRefinerOutput } from './evaluation-run.ts';
import { evenPlaces, readBatch } from './pack-samples.ts';
import { openRunPacks, type RunPacks } from './runs.ts';

type Answer = z.infer<typeof askSchema>;
type Box = Answer['box'];

interface AskHooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** Column and row of the discriminator's map. */
interface Cell {
  readonly column: number;
  readonly row: number;
}

/** Patches that are compared on each side, about. */
const MOST_PATCHES = 4000;
const MOST_IMAGES = 1000;
const BATCH_IMAGES = 32;
const ANSWERS = 8;

/** Size of the gradient step: mean change of the patch, in grey levels. */
const STEP_GREY = 4;

/**
 * Why does the discriminator take a patch of a refined image for refined? The real and synthetic patches most like it in
 * the discriminator's own eyes (distance of the features that its last layer judges by, each on the scale of its
 * deviation), and what one gradient step on the pixels toward "real" changes in it, in grey levels and in words.
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
): Promise<Answer> {
  const networks = await openCheckpointNetworks(library, run, checkpoint);
  const packs = await openRunPacks(library, run);
  try {
    const { config } = networks;
    refuseOutside(config, cell);
    const image = await refinedImage(library, run, checkpoint, packs, networks, imageId);
    const box = fieldBox(receptiveField(config), cell, config);
    const wanted = await featuresAt(networks, image, cell);
    const [synthetic, real] = [
      await nearestPatches(networks, packs.syntheticPack, packs.imageIds, { wanted, box, imageId }, hooks),
      await nearestPatches(networks, packs.realPack, packs.realImageIds, { wanted, box, imageId }, hooks),
    ];
    const step = await stepTowardReal(networks, image, cell, box);
    return { box, real, synthetic, ...step };
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

interface FeatureMaps {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly features: number;
}

/**
 * What the last layer judges by, [n, h, w, f]. A global loss judges all places of its map at once: there they are one
 * feature vector.
 */
async function featureMaps(
  { discriminator, config }: CheckpointNetworks,
  batch: ImageBatch,
): Promise<FeatureMaps> {
  const { values, shape } = await valuesOf(() => discriminator.features(tensorOf(batch)));
  const [, height, width, features] = shape;
  return config.adversarialLoss === 'global'
    ? { values, height: 1, width: 1, features: height * width * features }
    : { values, height, width, features };
}

async function featuresAt(
  networks: CheckpointNetworks,
  image: ImageBatch,
  cell: Cell,
): Promise<Float32Array> {
  const { values, width, features } = await featureMaps(networks, image);
  const start = (cell.row * width + cell.column) * features;
  return values.slice(start, start + features);
}

interface Candidate extends Cell {
  readonly imageId: number;
  readonly vector: Float32Array;
}

/** The most similar patches of the same size, one of an image, the nearest first; the image itself is left out. */
async function nearestPatches(
  networks: CheckpointNetworks,
  pack: Pack,
  imageIds: Int32Array,
  { wanted, box, imageId }: { readonly wanted: Float32Array; readonly box: Box; readonly imageId: number },
  { signal, onProgress }: AskHooks,
): Promise<Answer['real']> {
  const { config } = networks;
  const { patches, output } = discriminatorMap(config);
  const field = receptiveField(config);
  const cells = Array.from({ length: patches }, (_, at) => ({
    column: at % output.width,
    row: Math.floor(at / output.width),
  })).filter((cell) => {
    const { width, height } = fieldBox(field, cell, config);
    return width === box.width && height === box.height;
  });
  const images = Math.min(MOST_IMAGES, Math.max(ANSWERS + 1, Math.ceil(MOST_PATCHES / cells.length)));
  const places = evenPlaces(pack.count, images).filter((place) => imageIds[place] !== imageId);
  const candidates: Candidate[] = [];
  for (let start = 0; start < places.length; start += BATCH_IMAGES) {
    signal.throwIfAborted();
    const part = places.subarray(start, start + BATCH_IMAGES);
    const maps = await featureMaps(networks, await readBatch(pack, part));
    part.forEach((place, index) => {
      for (const cell of cells) {
        const at = ((index * maps.height + cell.row) * maps.width + cell.column) * maps.features;
        const vector = maps.values.subarray(at, at + maps.features);
        candidates.push({ ...cell, imageId: imageIds[place], vector });
      }
    });
    onProgress({
      done: start + part.length,
      total: places.length,
      unit: 'images',
      label: 'Comparing patches',
    });
  }
  return nearestOf(candidates, wanted).map(({ candidate, distance }) => {
    const { x, y } = fieldBox(field, candidate, config);
    return { imageId: candidate.imageId, x, y, distance };
  });
}

function nearestOf(
  candidates: readonly Candidate[],
  wanted: Float32Array,
): { readonly candidate: Candidate; readonly distance: number }[] {
  const scale = scaleOf(candidates, wanted.length);
  const ofImage = new Map<number, { candidate: Candidate; distance: number }>();
  for (const candidate of candidates) {
    let squares = 0;
    for (let at = 0; at < wanted.length; at++) {
      squares += ((candidate.vector[at] - wanted[at]) * scale[at]) ** 2;
    }
    const distance = Math.sqrt(squares / wanted.length);
    const before = ofImage.get(candidate.imageId);
    if (!before || distance < before.distance) ofImage.set(candidate.imageId, { candidate, distance });
  }
  return [...ofImage.values()].sort((left, right) => left.distance - right.distance).slice(0, ANSWERS);
}

/** One over the deviation of each feature; 0 for one that is always the same, such as a silent ReLU. */
function scaleOf(candidates: readonly Candidate[], features: number): Float64Array {
  const sums = new Float64Array(features);
  const squares = new Float64Array(features);
  for (const { vector } of candidates) {
    for (let at = 0; at < features; at++) {
      sums[at] += vector[at];
      squares[at] += vector[at] ** 2;
    }
  }
  return sums.map((sum, at) => {
    const mean = sum / candidates.length;
    const variance = squares[at] / candidates.length - mean ** 2;
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  });
}

/** One step of steepest descent on −log(1 − D) of one patch, by the pixels that it sees. */
async function stepTowardReal(
  networks: CheckpointNetworks,
  image: ImageBatch,
  cell: Cell,
  box: Box,
): Promise<Pick<Answer, 'probability' | 'advice' | 'gradient'>> {
  const { discriminator } = networks;
  const { values: slope } = await valuesOf(() => {
    const loss = (x: tf.Tensor): tf.Scalar => {
      const logits = discriminator.apply(x as tf.Tensor4D);
      return patchCrossEntropy(tf.slice(logits, [0, cell.row, cell.column, 0], [1, 1, 1, 2]), 'real');
    };
    return tf.grad(loss)(tensorOf(image));
  });
  const inBox = boxValues(image, box);
  const meanSlope = inBox.reduce((sum, at) => sum + Math.abs(slope[at]), 0) / inBox.length;
  const rate = meanSlope > 0 ? STEP_GREY / GREY_LEVELS_PER_UNIT / meanSlope : 0;
  const stepped: ImageBatch = {
    ...image,
    images: image.images.map((value, at) => Math.max(-1, Math.min(1, value - rate * slope[at]))),
  };
  const probabilityOf = async (batch: ImageBatch): Promise<number> => {
    const { values, width } = await judgeImages(networks, batch);
    return values[cell.row * width + cell.column];
  };
  const [before, after] = [image, stepped].map((batch) => cutOut(batch, box));
  const probability = await probabilityOf(image);
  const probabilityAfter = await probabilityOf(stepped);
  const words = adviseChange(lookOfPatch(before), lookOfPatch(after));
  return {
    probability,
    advice: [
      ...(words.length > 0
        ? words
        : ['No simple change of light, contrast, grain or edges: it is about the drawing.']),
      `A step of ${STEP_GREY} grey levels takes the patch from ${percent(probability)} to ${percent(probabilityAfter)} refined.`,
    ],
    gradient: Array.from({ length: box.height }, (_, row) =>
      Array.from({ length: box.width }, (_column, column) => {
        const at = row * box.width + column;
        return Number((after.values[at] - before.values[at]).toFixed(3));
      }),
    ),
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** Places of a box's values in an image. */
function boxValues({ widthPx, channels }: ImageBatch, box: Box): number[] {
  const places: number[] = [];
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let at = (y * widthPx + box.x) * channels; at < (y * widthPx + box.x + box.width) * channels; at++) {
      places.push(at);
    }
  }
  return places;
}

/** A part of an image in grey levels. */
function cutOut(batch: ImageBatch, box: Box): Plane {
  const plane = greyPlane(batch, 0);
  const values = new Float32Array(box.width * box.height);
  for (let row = 0; row < box.height; row++) {
    const start = (box.y + row) * batch.widthPx + box.x;
    values.set(plane.subarray(start, start + box.width), row * box.width);
  }
  return { values, widthPx: box.width, heightPx: box.height };
}
