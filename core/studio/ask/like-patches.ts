import type { z } from 'zod';
import type { ImageBatch } from '../../base/image-batch.ts';
import type { ProgressListener } from '../../base/progress.ts';
import type { askSchema } from '../../contract/operations/results.ts';
import type { Pack } from '../../datasets/pixels/pack.ts';
import type { Area } from '../../evaluation/patch-edits.ts';
import { lookOfPatch, type PatchLook } from '../../evaluation/patch-look.ts';
import { median } from '../../evaluation/statistics.ts';
import { discriminatorMap } from '../../simgan/discriminator-map.ts';
import { fieldBox, receptiveField } from '../../simgan/receptive-field.ts';
import { tensorOf, valuesOf, type CheckpointNetworks } from '../runs/checkpoint-networks.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import { cutOut } from './patch-judgement.ts';

type Answer = z.infer<typeof askSchema>;

export interface AskHooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** Column and row of the discriminator's map. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** Patches that are compared on each side, about. */
const MOST_PATCHES = 4000;
const MOST_IMAGES = 1000;
const BATCH_IMAGES = 32;
const ANSWERS = 8;

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

/** What the last layer judges a patch of one image by. */
export async function featuresAt(
  networks: CheckpointNetworks,
  image: ImageBatch,
  cell: Cell,
): Promise<Float32Array> {
  const { values, width, features } = await featureMaps(networks, image);
  const start = (cell.row * width + cell.column) * features;
  return values.slice(start, start + features);
}

interface Candidate extends Cell {
  readonly place: number;
  readonly vector: Float32Array;
}

interface LikePatches {
  readonly patches: Answer['real'];
  /** The median of what they look like; null where there are none. */
  readonly look: PatchLook | null;
}

/**
 * The patches of the same size most like one, one of an image, the nearest first; the image itself is left out.
 * @param wanted what it is judged by
 */
export async function likePatches(
  networks: CheckpointNetworks,
  pack: Pack,
  imageIds: Int32Array,
  { wanted, box, imageId }: { readonly wanted: Float32Array; readonly box: Area; readonly imageId: number },
  { signal, onProgress }: AskHooks,
): Promise<LikePatches> {
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
        candidates.push({ ...cell, place, vector: maps.values.subarray(at, at + maps.features) });
      }
    });
    onProgress({
      done: start + part.length,
      total: places.length,
      unit: 'images',
      label: 'Comparing patches',
    });
  }
  const nearest = nearestOf(candidates, wanted);
  const pictures = await readBatch(
    pack,
    Int32Array.from(nearest, ({ candidate }) => candidate.place),
  );
  const found = nearest.map(({ candidate, distance }, index) => {
    const { x, y } = fieldBox(field, candidate, config);
    return {
      patch: { imageId: imageIds[candidate.place], x, y, distance },
      look: lookOfPatch(cutOut(pictures, index, { ...box, x, y })),
    };
  });
  return { patches: found.map(({ patch }) => patch), look: medianLook(found.map(({ look }) => look)) };
}

function medianLook(looks: readonly PatchLook[]): PatchLook | null {
  if (looks.length === 0) return null;
  const middle = (key: keyof PatchLook): number => median(looks.map((look) => look[key]));
  return {
    mean: middle('mean'),
    contrast: middle('contrast'),
    noise: middle('noise'),
    sharpness: middle('sharpness'),
  };
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
    const before = ofImage.get(candidate.place);
    if (!before || distance < before.distance) ofImage.set(candidate.place, { candidate, distance });
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
