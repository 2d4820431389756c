import * as tf from '@tensorflow/tfjs-core';
import { GREY_LEVELS_PER_UNIT, greyPlane, valuesPerImage, type ImageBatch } from '../../base/image-batch.ts';
import { createRandom } from '../../base/random.ts';
import {
  EDIT_STRENGTHS_GREY,
  editImage,
  PATCH_EDITS,
  shareChange,
  type Area,
  type ChangeShares,
  type PatchEdit,
} from '../../evaluation/patch-edits.ts';
import type { Plane } from '../../evaluation/plane.ts';
import { mean } from '../../evaluation/statistics.ts';
import { REAL_MAP, REFINED_MAP } from '../../simgan/discriminator.ts';
import { patchCrossEntropy } from '../../simgan/losses.ts';
import { tensorOf, valuesOf, type CheckpointNetworks } from '../runs/checkpoint-networks.ts';

/** A patch and what the discriminator makes of it. */
interface JudgedPatch {
  readonly networks: CheckpointNetworks;
  /** One image. */
  readonly image: ImageBatch;
  readonly cell: { readonly column: number; readonly row: number };
  /** What the patch sees. */
  readonly box: Area;
}

/** What the discriminator says of a patch, and of all patches of its picture. */
interface Judgement {
  /** Of being refined. */
  readonly probability: number;
  /** ln(p / (1 − p)): tells judgements apart where probabilities are all but 0 or 1. */
  readonly logOdds: number;
  /** Mean probability over all patches. */
  readonly wholeProbability: number;
}

interface TriedEdit {
  readonly edit: PatchEdit;
  /** What the patch changed by, the mean in grey levels. */
  readonly changeGrey: number;
  /** Of the patch when it alone is edited. */
  readonly probability: number;
  /** Change of the log-odds of being refined: below 0 is toward real. */
  readonly effect: number;
  /** Mean over the patches of the picture when all of it is edited in the same way. */
  readonly wholeProbability: number;
}

/** Grain is another one each time: its effect is the mean of these. */
const DRAWS_OF_GRAIN = 6;

/** Judges each image of a batch. */
export async function judgePatch(
  { networks, cell }: JudgedPatch,
  batch: ImageBatch,
): Promise<readonly Judgement[]> {
  const { values, shape } = await valuesOf(() => {
    const logits = networks.discriminator.apply(tensorOf(batch));
    const [count, height, width] = logits.shape;
    const of = (map: number) => tf.slice(logits, [0, 0, 0, map], [count, height, width, 1]);
    return tf.sub(of(REFINED_MAP), of(REAL_MAP));
  });
  const [, height, width] = shape;
  const patches = height * width;
  return Array.from({ length: batch.count }, (_, index) => {
    const all = values.subarray(index * patches, (index + 1) * patches);
    const logOdds = all[cell.row * width + cell.column];
    return { probability: logistic(logOdds), logOdds, wholeProbability: mean(all.map(logistic)) };
  });
}

/**
 * Measures what each named edit does to what the discriminator says, at the strength that takes the patch most toward
 * real; those that help most first.
 */
export async function tryEdits(patch: JudgedPatch, before: Judgement): Promise<TriedEdit[]> {
  const { image, box } = patch;
  const all: Area = { x: 0, y: 0, width: image.widthPx, height: image.heightPx };
  const tried: TriedEdit[] = [];
  for (const edit of PATCH_EDITS) {
    const make = (area: Area, grey: number) =>
      Array.from({ length: edit === 'more-grain' ? DRAWS_OF_GRAIN : 1 }, (_, draw) =>
        editImage(image, area, edit, grey, createRandom(draw, edit)),
      );
    const judge = (made: readonly { readonly image: ImageBatch }[]) =>
      judgePatch(patch, together(made.map((draw) => draw.image)));
    const strengths = [];
    for (const grey of EDIT_STRENGTHS_GREY) {
      const made = make(box, grey);
      const judged = await judge(made);
      const changeGrey = mean(made.map((draw) => draw.changeGrey));
      strengths.push({ grey, changeGrey, logOdds: mean(judged.map((one) => one.logOdds)) });
    }
    const best = strengths.reduce((least, one) => (one.logOdds < least.logOdds ? one : least));
    const everywhere = await judge(make(all, best.grey));
    tried.push({
      edit,
      changeGrey: best.changeGrey,
      probability: logistic(best.logOdds),
      effect: best.logOdds - before.logOdds,
      wholeProbability: mean(everywhere.map((one) => one.wholeProbability)),
    });
  }
  return tried.sort((left, right) => left.effect - right.effect);
}

/** Mean change of the patch by the step. */
const STEP_GREY = 4;

interface GradientStep {
  /** Of the patch after the step. */
  readonly probability: number;
  /** What the patch changed by, the mean in grey levels. */
  readonly changeGrey: number;
  readonly shares: ChangeShares;
  /** The change itself, in grey levels, row by row. */
  readonly change: number[][];
}

/** One step of steepest descent on −log(1 − D) of one patch, by the pixels that it sees. */
export async function stepTowardReal(patch: JudgedPatch): Promise<GradientStep> {
  const { networks, image, cell, box } = patch;
  const { values: slope } = await valuesOf(() => {
    const loss = (x: tf.Tensor): tf.Scalar => {
      const logits = networks.discriminator.apply(x as tf.Tensor4D);
      return patchCrossEntropy(tf.slice(logits, [0, cell.row, cell.column, 0], [1, 1, 1, 2]), 'real');
    };
    return tf.grad(loss)(tensorOf(image));
  });
  const steepness = meanAbsIn(image, box, slope);
  const rate = steepness > 0 ? STEP_GREY / GREY_LEVELS_PER_UNIT / steepness : 0;
  const stepped: ImageBatch = {
    ...image,
    images: image.images.map((value, at) => Math.max(-1, Math.min(1, value - rate * slope[at]))),
  };
  const [before, after] = [image, stepped].map((batch) => cutOut(batch, 0, box));
  const change = after.values.map((value, at) => value - before.values[at]);
  const [{ probability }] = await judgePatch(patch, stepped);
  return {
    probability,
    changeGrey: mean(change.map(Math.abs)),
    shares: shareChange(before, change),
    change: Array.from({ length: box.height }, (_, row) =>
      Array.from(change.subarray(row * box.width, (row + 1) * box.width), (value) =>
        Number(value.toFixed(3)),
      ),
    ),
  };
}

const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/** Mean of |values| of an image in a part of it. */
function meanAbsIn({ widthPx, channels }: ImageBatch, box: Area, values: Float32Array): number {
  let sum = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    const start = (y * widthPx + box.x) * channels;
    for (let at = start; at < start + box.width * channels; at++) sum += Math.abs(values[at]);
  }
  return sum / (box.width * box.height * channels);
}

function together(images: readonly ImageBatch[]): ImageBatch {
  const [first] = images;
  const size = valuesPerImage(first);
  const values = new Float32Array(images.length * size);
  images.forEach((image, index) => values.set(image.images, index * size));
  return { ...first, count: images.length, images: values };
}

/** A part of an image of a batch in grey levels. */
export function cutOut(batch: ImageBatch, index: number, box: Area): Plane {
  const plane = greyPlane(batch, index);
  const values = new Float32Array(box.width * box.height);
  for (let row = 0; row < box.height; row++) {
    const start = (box.y + row) * batch.widthPx + box.x;
    values.set(plane.subarray(start, start + box.width), row * box.width);
  }
  return { values, widthPx: box.width, heightPx: box.height };
}
